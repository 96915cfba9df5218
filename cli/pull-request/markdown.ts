import type { Difference } from "../plan-model/differences.ts";
import { SECRET, UNKNOWN } from "../plan-model/resource.ts";
import { diffLines } from "./diff-lines.ts";

/** A value in a code span, whatever is in it; a table's cell stays one cell. */
export function code(value: string): string {
  const text = value.replace(/\s+/g, " ").replaceAll("|", "\\|").trim() || " ";
  const fence = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

/** Text that is not to be anything else: no markup, no mention, no link, whoever wrote it. */
export function plain(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/()→-]/gu, "");
}

/** Each property as a list item, long texts as a diff of their lines. Secrets are named, never shown. */
export function renderDifferences(differences: readonly Difference[]): string[] {
  return differences.map(({ path, from, to }) => {
    if (isText(from) && isText(to)) return `- ${code(path)}:\n\n${indent(lineDiff(from, to))}\n`;
    if (from === SECRET && to === SECRET) return `- ${code(path)}: a secret, changed`;
    if (from === undefined) return `- ${code(path)}: ${value(to)} (new)`;
    if (to === undefined) return `- ${code(path)}: ${value(from)} (removed)`;
    return `- ${code(path)}: ${value(from)} → ${value(to)}`;
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}

const LONGEST_VALUE = 120;

function value(given: unknown): string {
  if (given === UNKNOWN) return "known after the apply";
  if (given === SECRET) return "a secret";
  const text = typeof given === "string" ? given : JSON.stringify(given)?.replaceAll(UNKNOWN, "…");
  if (text === undefined) return "nothing";
  return code(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text);
}

const MOST_LINES = 40;

/** The lines that went and came, where they did, without those between: who does not change is not named. */
function lineDiff(from: string, to: string): string {
  const lines = diffLines(from.split("\n"), to.split("\n"));
  const shown = lines.slice(0, MOST_LINES);
  if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} more lines`);
  const fence = "`".repeat(Math.max(3, ...[...lines.join("\n").matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return [`${fence}diff`, ...(shown.length > 0 ? shown : ["  blank lines"]), fence].join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
