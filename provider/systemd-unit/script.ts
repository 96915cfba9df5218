import { createHash } from "node:crypto";
import { writeFile } from "../file/script.ts";
import { q } from "../transport/shell.ts";
import { recorded, type UnitStep } from "./plan.ts";
import type { UnitInputs, UnitState } from "./type.ts";

const FOLDER = "/etc/systemd/system";
const RECORDS = "/var/lib/quayside/units";
const ATTRIBUTES = { mode: "0644", owner: "root", group: "root" };

export interface UnitFacts {
  state: UnitState;
  /** systemd's own words: `active (running)`, `failed (exit-code)`. */
  active: string;
  /** `enabled`, `disabled`, `static`, `masked` … */
  fileState: string;
  loadable: boolean;
  oneshot: boolean;
  needsReload: boolean;
  /** What the unit was last started with by us: the wanted configuration, another, or nothing is known. */
  record: "current" | "other" | "none";
}

/** Digest of everything that a restart is for. */
export function unitDigest({ content, dropIns, restartOn }: UnitInputs): string {
  const sorted = Object.entries(dropIns ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([content, sorted, restartOn]))
    .digest("hex");
}

const PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "UnitFileState",
  "NeedDaemonReload",
  "Type",
  "RemainAfterExit",
];

/**
 * Prints systemd's view of all these units, in one process, and of each its record and our files, the last in base64.
 * {@link answerFor} takes the part of one out.
 */
export function observeUnits(all: readonly UnitInputs[]): string {
  const names = [...new Set(all.map(({ unit }) => unit))];
  return [
    `echo ${q(`Units=${names.join(" ")}`)}`,
    `systemctl show --property ${PROPERTIES.join(",")} -- ${names.map(q).join(" ")}`,
    ...all.flatMap((inputs) => {
      const lines = observeFiles(inputs);
      return lines.length > 0 ? [`echo; echo ${q(`Unit=${inputs.unit}`)}`, ...lines] : [];
    }),
  ].join("\n");
}

function observeFiles(inputs: UnitInputs): string[] {
  const lines: string[] = [];
  if (recorded(inputs)) lines.push(`echo Record=$(cat ${q(`${RECORDS}/${inputs.unit}`)} 2>/dev/null)`);
  if (inputs.content !== undefined) {
    const file = q(`${FOLDER}/${inputs.unit}`);
    lines.push(`[ ! -f ${file} ] || [ -L ${file} ] || echo Content=$(base64 -w0 -- ${file})`);
  }
  if (inputs.dropIns !== undefined) {
    lines.push(
      `for file in ${q(`${FOLDER}/${inputs.unit}.d`)}/*.conf; do`,
      '  [ ! -f "$file" ] || echo "DropIn=${file##*/} $(base64 -w0 -- "$file")"',
      "done",
    );
  }
  return lines;
}

/** What {@link observeUnits} printed about one of the units. */
export function answerFor(output: string, unit: string): string {
  const [views = "", ...files] = output.split("\nUnit=");
  const end = views.indexOf("\n");
  const index = views.slice("Units=".length, end).split(" ").indexOf(unit);
  const block = views.slice(end + 1).split(/\n\n+/)[index] ?? "";
  const own = files
    .filter((section) => section.startsWith(`${unit}\n`))
    .map((section) => section.slice(unit.length + 1));
  return [block.trimEnd(), ...own].join("\n");
}

/** Reads what {@link observeUnits} printed; undefined when neither systemd knows the unit nor a file of ours is there. */
export function parseUnit(output: string, inputs: UnitInputs): UnitFacts | undefined {
  const values = new Map<string, string>();
  const dropIns: Record<string, string> = {};
  for (const line of output.split("\n")) {
    const at = line.indexOf("=");
    const [key, value] = [line.slice(0, at), line.slice(at + 1)];
    if (key === "DropIn") {
      const [name = "", text = ""] = value.split(" ");
      dropIns[name.replace(/\.conf$/, "")] = Buffer.from(text, "base64").toString("utf8");
    } else if (key) values.set(key, value);
  }
  const get = (key: string) => values.get(key) ?? "";
  const load = get("LoadState");
  const content = values.has("Content") ? Buffer.from(get("Content"), "base64").toString("utf8") : undefined;
  const kept = recorded(inputs) ? get("Record") : "";
  const record = !kept ? "none" : kept === unitDigest(inputs) ? "current" : "other";
  const running = ["active", "reloading", "activating"].includes(get("ActiveState"));
  if (load === "not-found" && content === undefined && !running) return undefined;
  const state: UnitState = {
    unit: inputs.unit,
    ...(content !== undefined && { content }),
    ...(inputs.dropIns !== undefined && { dropIns }),
    enabled: ["enabled", "enabled-runtime", "linked-runtime", "alias"].includes(get("UnitFileState")),
    // "auto-restart" is a service that keeps failing.
    running: running && get("SubState") !== "auto-restart",
    masked: load === "masked" || get("UnitFileState").startsWith("masked"),
    restartOn: inputs.restartOn.length > 0 && running && record !== "current" ? [] : inputs.restartOn,
  };
  return {
    state,
    active: `${get("ActiveState")} (${get("SubState")})`,
    fileState: get("UnitFileState") || "no unit file",
    loadable: load === "loaded",
    oneshot: get("Type") === "oneshot" && get("RemainAfterExit") === "no",
    needsReload: get("NeedDaemonReload") === "yes",
    record,
  };
}

/** Runs the planned steps; a start that fails says what the unit logged. */
export function changeUnit(inputs: UnitInputs, plan: readonly UnitStep[], digest: string): string {
  const unit = q(inputs.unit);
  const record = q(`${RECORDS}/${inputs.unit}`);
  const lines = ["set -eu"];
  for (const step of plan) {
    switch (step) {
      case "write":
        // Until it was started with the new files, nothing is known about what it runs with.
        lines.push(`mkdir -p -m 0700 /var/lib/quayside ${RECORDS}`, `echo pending > ${record}`, ...writeFiles(inputs));
        break;
      case "reload":
        lines.push(plan.includes("write") ? "systemctl daemon-reload" : reloadIfNeeded(q(inputs.unit)));
        break;
      case "enable":
        lines.push(...enable(inputs.unit));
        break;
      case "start":
      case "restart":
        lines.push(...startOrExplain(step, inputs.unit));
        break;
      case "record":
        lines.push(`mkdir -p -m 0700 /var/lib/quayside ${RECORDS}`, `echo ${digest} > ${record}`);
        break;
      default:
        lines.push(`systemctl --quiet ${step} -- ${unit}`);
    }
  }
  return lines.join("\n");
}

/** Enables units that rest and whose files stay, with one reload for all. */
export function enableUnits(units: readonly string[]): string {
  const names = units.map(q).join(" ");
  return ["set -eu", `systemctl --quiet --no-reload enable -- ${names}`, reloadIfNeeded(names)].join("\n");
}

/**
 * A running service that gets an `Alias=` which other units already refer to is taken for stopped after the reload, as
 * systemd (257) reads the empty unit of that name over it; when the forgotten process ends, systemd itself crashes.
 * So such a service is enabled while it rests. A lost connection does not end that in between: it may be sshd's own.
 */
function enable(name: string): string[] {
  const unit = q(name);
  return [
    `if systemctl cat -- ${unit} | grep -q '^Alias=' && systemctl --quiet is-active -- ${unit}; then`,
    "  trap '' HUP PIPE",
    `  systemctl stop -- ${unit}`,
    `  systemctl --quiet --no-reload enable -- ${unit}`,
    `  ${reloadIfNeeded(unit)}`,
    ...startOrExplain("start", name).map((line) => `  ${line}`),
    "  trap - HUP PIPE",
    "else",
    `  systemctl --quiet --no-reload enable -- ${unit}`,
    `  ${reloadIfNeeded(unit)}`,
    "fi",
  ];
}

/**
 * systemd reads every unit again at a reload, and several units are set up side by side: who waited for another's
 * reload finds that it was one for both.
 */
function reloadIfNeeded(names: string): string {
  const needed = `systemctl show --value --property NeedDaemonReload -- ${names} | grep -q yes`;
  return `( flock 9; ! ${needed} || systemctl daemon-reload ) 9>/run/quayside-daemon-reload.lock`;
}

function writeFiles({ unit, content, dropIns }: UnitInputs): string[] {
  const write = (path: string, text: string) => `(\n${writeFile(path, text, ATTRIBUTES)}\n)`;
  const lines = content === undefined ? [] : [write(`${FOLDER}/${unit}`, content)];
  if (dropIns === undefined) return lines;
  const folder = `${FOLDER}/${unit}.d`;
  const keep = Object.keys(dropIns).map((name) => ` ! -name ${q(`${name}.conf`)}`);
  lines.push(`[ ! -d ${q(folder)} ] || find ${q(folder)} -maxdepth 1 -name '*.conf'${keep.join("")} -delete`);
  for (const [name, text] of Object.entries(dropIns)) lines.push(write(`${folder}/${name}.conf`, text));
  return lines;
}

/** A simple service counts as started before it can fail: it gets a moment to do so. */
function startOrExplain(step: "start" | "restart", name: string): string[] {
  const unit = q(name);
  return [
    `systemctl reset-failed -- ${unit} 2>/dev/null || :`,
    "since=$(date '+%Y-%m-%d %H:%M:%S')",
    "explain() {",
    `  echo "${name} does not run. Its last words:" >&2`,
    `  journalctl --unit ${unit} --since "$since" --lines 20 --no-pager --output cat >&2 || :`,
    "  exit 1",
    "}",
    `systemctl ${step} -- ${unit} || explain`,
    ...(name.endsWith(".service") ? [`sleep 0.3; systemctl --quiet is-active -- ${unit} || explain`] : []),
  ];
}

/** Stops it and takes our files away; a unit that a package brings stays, as it came. */
export function removeUnit(inputs: UnitInputs): string {
  const unit = q(inputs.unit);
  const lines = [];
  if (inputs.masked) lines.push(`systemctl --quiet unmask -- ${unit}`);
  else if (inputs.content !== undefined) lines.push(`systemctl --quiet disable --now -- ${unit} 2>/dev/null || :`);
  const files: string[] = [];
  if (inputs.content !== undefined) files.push(q(`${FOLDER}/${inputs.unit}`));
  for (const name of Object.keys(inputs.dropIns ?? {})) files.push(q(`${FOLDER}/${inputs.unit}.d/${name}.conf`));
  lines.push("set -eu", `rm -f -- ${[...files, q(`${RECORDS}/${inputs.unit}`)].join(" ")}`);
  if (inputs.dropIns !== undefined) {
    lines.push(`rmdir --ignore-fail-on-non-empty -- ${q(`${FOLDER}/${inputs.unit}.d`)} 2>/dev/null || :`);
  }
  if (files.length > 0) lines.push("systemctl daemon-reload");
  if (inputs.content !== undefined) lines.push(`systemctl reset-failed -- ${unit} 2>/dev/null || :`);
  else if (files.length > 0) lines.push(`systemctl try-restart -- ${unit}`);
  return lines.join("\n");
}
