import { changeFiles, type NewFile } from "../file/script.ts";
import { q } from "../transport/shell.ts";
import type { PackagesPlan } from "./plan.ts";
import { parseSource, renderSource, sourceFile } from "./source.ts";
import type { PackagesInputs, PackagesState } from "./type.ts";

/** Names of the packages that were not on the host before we installed them. */
const RECORD = "/var/lib/quayside/packages";
/** Seconds to wait for another apt, such as the unattended upgrade of a server that just booted. */
const PATIENCE = 600;

/** Prints status, version and name of each installed package, then each source file in base64. */
export function observePackages(inputs: Pick<PackagesInputs, "packages" | "sources">): string {
  const names = Object.keys(inputs.packages);
  const lines = [];
  if (names.length > 0) {
    lines.push(
      `dpkg-query --show --showformat '\${db:Status-Status} \${Version} \${Package}\\n' ${names.map(q).join(" ")} 2>/dev/null`,
    );
  }
  for (const name of Object.keys(inputs.sources ?? {})) {
    const file = q(sourceFile(name));
    lines.push(`[ ! -f ${file} ] || echo "source ${name} $(base64 -w0 -- ${file})"`);
  }
  lines.push(":");
  return lines.join("\n");
}

/** Reads what {@link observePackages} printed, in the words of the inputs. */
export function parsePackages(output: string, inputs: Pick<PackagesInputs, "packages" | "sources">): PackagesState {
  const state: PackagesState = { packages: {}, ...(inputs.sources && { sources: {} }) };
  for (const line of output.split("\n")) {
    const [first = "", second = "", third = ""] = line.split(" ");
    if (first === "source" && state.sources) {
      state.sources[second] = parseSource(Buffer.from(third, "base64").toString("utf8"));
    } else if (first === "installed") {
      state.packages[third] = inputs.packages[third] === "present" ? "present" : second;
    }
  }
  return state;
}

/** Sources, package lists where needed, installation, then what is not wanted any more. */
export function changePackages(inputs: Pick<PackagesInputs, "sources">, plan: PackagesPlan): string {
  const parts = [APT];
  const write = plan.sources.write.map(
    (name): NewFile => ({
      path: sourceFile(name),
      bytes: Buffer.from(renderSource(inputs.sources?.[name] ?? unknownSource(name))),
      mode: "0644",
      owner: "root",
      group: "root",
    }),
  );
  const remove = plan.sources.remove.map(sourceFile);
  if (write.length + remove.length > 0) {
    // A source that apt cannot use is taken back at once: it would break every later installation.
    const script = changeFiles({ write, adjust: [], remove, validate: write.length > 0 ? "apt update" : undefined });
    parts.push(`(\n${script}\n)`);
  }
  if (plan.install.length > 0) {
    const words = plan.install.map(([name, version]) => q(version === "present" ? name : `${name}=${version}`));
    parts.push(
      installScript(
        plan.install.map(([name]) => name),
        words,
        write.length > 0,
      ),
    );
  }
  if (plan.uninstall.length > 0) parts.push(uninstallScript(plan.uninstall));
  return parts.join("\n");
}

function unknownSource(name: string): never {
  throw new Error(`the plan names the apt source ${name}, which is not declared`);
}

/** apt without questions and restarts; it waits for whoever holds a lock, and says only what went wrong. */
const APT = `set -eu
export NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  tries=0
  until apt-get --yes --quiet -o DPkg::Lock::Timeout=${PATIENCE} -o Dpkg::Options::=--force-confdef \\
    -o Dpkg::Options::=--force-confold "$@" >"$log" 2>&1; do
    tries=$((tries + 1))
    if grep -q 'dpkg --configure -a' "$log" && [ $tries -lt 5 ]; then
      dpkg --force-confdef --force-confold --configure -a >"$log" 2>&1 || sleep 2
    elif grep -q 'Could not get lock' "$log" && [ $tries -lt ${PATIENCE / 2} ]; then
      sleep 2
    else
      grep -E '^(E|W|dpkg|Err)|error|unmet|Depends|not going to be' "$log" >&2 || tail -n 20 "$log" >&2
      return 1
    fi
  done
}`;

function installScript(names: readonly string[], words: readonly string[], fresh: boolean): string {
  const all = words.join(" ");
  const update = fresh
    ? []
    : [
        'if [ -z "$(find /var/lib/apt/lists/partial -maxdepth 0 -mmin -1440 2>/dev/null)" ] ||',
        `  ! apt-get --simulate --no-install-recommends --allow-downgrades install ${all} >/dev/null 2>&1; then`,
        "  apt update",
        "fi",
      ];
  return [
    ...update,
    "mkdir -p -m 0700 /var/lib/quayside",
    `for package in ${names.map(q).join(" ")}; do`,
    `  case $(dpkg-query --show --showformat '\${db:Status-Status}' "$package" 2>/dev/null || :) in`,
    `    installed) ;; *) grep -qsxF -- "$package" ${RECORD} || echo "$package" >> ${RECORD} ;;`,
    "  esac",
    "done",
    `apt install --no-install-recommends --allow-downgrades ${all}`,
  ].join("\n");
}

/** Prints `kept NAME` for each that other packages need. */
function uninstallScript(names: readonly string[]): string {
  const candidates = names.map(q).join(" ");
  return [
    "remove=",
    `for package in ${candidates}; do`,
    `  grep -qsxF -- "$package" ${RECORD} || continue`,
    '  dpkg-query --show "$package" >/dev/null 2>&1 || continue',
    `  others=$(apt-get --simulate remove "$package" | sed -n 's/^Remv \\([^ ]*\\).*/\\1/p' | grep -vxF ${names.map((name) => `-e ${q(name)}`).join(" ")} || :)`,
    '  if [ -n "$others" ]; then echo "kept $package"; else remove="$remove $package"; fi',
    "done",
    'if [ -n "$remove" ]; then apt remove $remove; fi',
    `if [ -f ${RECORD} ]; then`,
    `  for package in $remove; do sed -i "/^$(printf %s "$package" | sed 's/[.+]/\\\\&/g')\\$/d" ${RECORD}; done`,
    "fi",
  ].join("\n");
}

/** Names of packages that {@link changePackages} left installed. */
export function parseKept(output: string): string[] {
  return [...output.matchAll(/^kept (\S+)$/gm)].map((match) => match[1] ?? "");
}
