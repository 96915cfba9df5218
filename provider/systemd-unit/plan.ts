import type { UnitFacts } from "./script.ts";
import type { UnitInputs } from "./type.ts";

/** What has to be done, in this order. */
export type UnitStep =
  | "unmask"
  | "write"
  | "reload"
  | "mask"
  | "enable"
  | "disable"
  | "start"
  | "restart"
  | "stop"
  | "record";

/** @param facts what is on the host; undefined when the unit is not known there */
export function planUnit(wanted: UnitInputs, facts: UnitFacts | undefined): UnitStep[] {
  const state = facts?.state;
  const steps: UnitStep[] = [];
  const write = wanted.content !== state?.content || !sameEntries(wanted.dropIns, state?.dropIns);
  if (!wanted.masked && state?.masked) steps.push("unmask");
  if (write) steps.push("write");
  if (write || facts?.needsReload) steps.push("reload");
  if (wanted.masked && state?.running) steps.push("stop");
  if (wanted.masked && !state?.masked) steps.push("mask");
  if (wanted.enabled && !state?.enabled) steps.push("enable");
  if (!wanted.enabled && !wanted.masked && state?.enabled) steps.push("disable");
  if (wanted.running && !state?.running) steps.push("start");
  if (wanted.running && state?.running && (write || startedWithOther(wanted, facts))) steps.push("restart");
  if (!wanted.running && !wanted.masked && state?.running) steps.push("stop");
  const started = steps.includes("start") || steps.includes("restart");
  if (recorded(wanted) && (started || (wanted.running && facts?.record !== "current"))) steps.push("record");
  return steps;
}

/** Whether to enable it is the first step, and may be one with that of other units. */
export function enablesAtRest(plan: readonly UnitStep[], { state }: UnitFacts): boolean {
  return plan[0] === "enable" && !state.running;
}

/** Whether the running process may have been started with another configuration than the wanted one. */
function startedWithOther(wanted: UnitInputs, facts: UnitFacts | undefined): boolean {
  if (facts?.record === "none") return wanted.restartOn.length > 0;
  return facts?.record === "other";
}

/** Whether there is anything to remember about what the unit was started with. */
export function recorded(wanted: UnitInputs): boolean {
  return wanted.restartOn.length > 0 || wanted.content !== undefined || wanted.dropIns !== undefined;
}

function sameEntries(first: Readonly<Record<string, string>> = {}, second: Readonly<Record<string, string>> = {}) {
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...keys].every((key) => first[key] === second[key]);
}
