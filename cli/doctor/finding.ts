/** What `quay doctor` finds. */

export const AREAS = ["machine", "tools", "secrets", "backend", "cloud", "hosts"] as const;
export type Area = (typeof AREAS)[number];

export interface Finding {
  area: Area;
  /** `engine`, `sese-ai: disk` */
  name: string;
  /** `warning`: works for now, or is needed for some of it only. */
  level: "ok" | "warning" | "problem";
  detail: string;
  /** What to do about it; a command where there is one. */
  remedy?: string;
}

/** Findings of one area. */
export function inArea(area: Area) {
  const finding =
    (level: Finding["level"]) =>
    (name: string, detail: string, remedy?: string): Finding => ({
      ...{ area, name, level, detail },
      ...(remedy !== undefined && { remedy }),
    });
  return { ok: finding("ok"), warning: finding("warning"), problem: finding("problem") };
}

const MARKS = { ok: "ok", warning: "WARNING", problem: "PROBLEM" } as const;

/** For people. Pure. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  const lines = AREAS.flatMap((area) => {
    const own = findings.filter((finding) => finding.area === area);
    return own.length === 0 ? [] : [area, ...own.flatMap((finding) => linesOf(finding, width)), ""];
  });
  const count = (level: Finding["level"]): number => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const sum = [
    problems > 0 ? `${problems} ${problems === 1 ? "problem" : "problems"}` : "no problem",
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? "warning" : "warnings"}`] : []),
  ];
  return `${[...lines, sum.join(", ")].join("\n")}\n`;
}

function linesOf({ name, level, detail, remedy }: Finding, width: number): string[] {
  const indent = " ".repeat(2 + 7 + 2 + width + 2);
  const [first = "", ...rest] = detail.trim().split("\n");
  return [
    `  ${MARKS[level].padEnd(7)}  ${name.padEnd(width)}  ${first}`.trimEnd(),
    ...rest.map((line) => `${indent}${line.trim()}`),
    ...(remedy === undefined ? [] : [`${indent}-> ${remedy}`]),
  ];
}

/** 1 when something does not work. */
export function exitCode(findings: readonly Finding[]): 0 | 1 {
  return findings.some(({ level }) => level === "problem") ? 1 : 0;
}
