import { byName } from "../by-name.ts";
import type { Difference } from "../plan-model/differences.ts";
import type { Problem } from "../plan-model/preview.ts";
import { SECRET, UNKNOWN } from "../plan-model/resource.ts";
import { AREAS } from "./areas.ts";
import type { Drift, DriftedResource } from "./drift.ts";

/** For people: what differs by host and service, what was looked at, and what to do. Pure. */
export function renderDrift(stack: string, drift: Drift): string {
  const byHost = [...Map.groupBy(drift.drifted, ({ host }) => host ?? "on no host")].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const errors = drift.problems.filter(({ severity }) => severity === "error");
  return [
    ...byHost.flatMap(([host, resources]) => [host, ...resources.toSorted(byName).flatMap(resourceLines), ""]),
    ...telling(errors).map((message) => `${message}\n`),
    lookedAt(drift),
    ...conclusion(stack, drift, errors.length),
    "",
  ].join("\n");
}

/** Errors without those that only say that there were others. */
export function telling(problems: readonly Problem[]): string[] {
  const messages = problems.map(({ message }) => message.replace(/^error: (Preview failed: )?/, ""));
  const own = messages.filter((message) => !/^preview failed$|not reached, as another error/.test(message));
  return [...new Set(own.length > 0 ? own : messages)];
}

function resourceLines({ name, subject, area, state, differences }: DriftedResource): string[] {
  const of = subject === name ? "" : ` of ${subject}`;
  return [
    `  ${name}${of} (${area}): ${state}`,
    ...differences.map((difference) => `    ${differenceLine(difference)}`),
  ];
}

export function differenceLine({ path, from, to }: Difference): string {
  if (from === SECRET && to === SECRET) return `${path}: a secret, not as declared`;
  const { line, before, after } = changedLines(from, to);
  return `${path}${line}: deployed ${shown(before)}, found ${shown(after)}`;
}

/** Of two longer texts only the lines that differ: their beginnings are mostly the same. */
function changedLines(from: unknown, to: unknown): { line: string; before: unknown; after: unknown } {
  const whole = { line: "", before: from, after: to };
  if (typeof from !== "string" || typeof to !== "string") return whole;
  if (![from, to].some((text) => text.trim().includes("\n"))) return whole;
  const [old, found] = [from.split("\n"), to.split("\n")];
  const same = old.findIndex((text, index) => text !== found[index]);
  const start = same < 0 ? old.length : same;
  let end = 0;
  while (end < Math.min(old.length, found.length) - start && old.at(-1 - end) === found.at(-1 - end)) end++;
  const part = (lines: string[]): string | undefined => {
    const differing = lines.slice(start, lines.length - end);
    return differing.length === 0 ? undefined : differing.join("\n");
  };
  return { line: ` from line ${start + 1}`, before: part(old), after: part(found) };
}

const LONGEST = 100;

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === SECRET) return "a secret";
  if (value === UNKNOWN) return "something unknown";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function lookedAt({ looked, drifted }: Drift): string {
  const parts = AREAS.flatMap((area) => {
    const count = looked[area];
    if (count === undefined) return [];
    const differ = drifted.filter((resource) => resource.area === area).length;
    return [`${area} ${count}${differ > 0 ? ` (${differ} differ)` : ""}`];
  });
  return `looked at: ${parts.length > 0 ? parts.join(", ") : "nothing, as nothing is deployed"}`;
}

function conclusion(stack: string, drift: Drift, errors: number): string[] {
  const { drifted, pending } = drift;
  const found =
    drifted.length > 0
      ? `${stack} has drifted: ${drifted.length} ${drifted.length === 1 ? "thing is" : "things are"} not as deployed. Repair: ./quay up ${stack} --refresh`
      : errors > 0
        ? `${stack}: could not be looked at completely`
        : lookedAtNothing(drift)
          ? `${stack}: nothing is deployed, as far as this state says. Is PULUMI_BACKEND_URL that of ${stack}?`
          : `${stack} is as deployed`;
  const waiting = pending.length > 0 ? [`not deployed yet: ${pending.join(", ")} (./quay preview ${stack})`] : [];
  return [found, ...waiting];
}

/** A stack that deployed nothing, or another than is meant: of that nobody can say that all is well. */
const lookedAtNothing = ({ looked }: Drift): boolean => Object.keys(looked).length === 0;

/** For CI: 0 as deployed, 2 drifted, 1 could not be looked at completely, or there was nothing to look at. */
export function exitCode(drift: Drift): 0 | 1 | 2 {
  const { drifted, problems } = drift;
  if (problems.some(({ severity }) => severity === "error") || lookedAtNothing(drift)) return 1;
  return drifted.length > 0 ? 2 : 0;
}
