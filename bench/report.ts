import type { HostResults } from "./hosts.ts";
import { EMPTY, type PreviewResults } from "./previews.ts";
import { spread } from "./statistics.ts";
import type { Phase } from "./tools/tool.ts";

const phases: Readonly<Record<Phase, string>> = {
  first: "first run",
  again: "nothing to do",
  drift: "drift check",
};

/** Markdown: seconds of every tool and phase, how much faster than the others that is, and the provider's memory. */
export function renderHosts({ seconds, providerMb }: HostResults): string {
  const names = [...seconds.keys()];
  const ours = names.filter((name) => name.startsWith("Quayside"));
  const rivals = names.filter((name) => !name.startsWith("Quayside"));
  const kinds = Object.keys(phases) as Phase[];
  const median = (name: string, phase: Phase) => spread(seconds.get(name)?.[phase] ?? []).median;
  return [
    table(
      ["median (min–max), seconds", ...kinds.map((phase) => phases[phase])],
      [...seconds].map(([name, runs]) => [name, ...kinds.map((phase) => renderSpread(runs[phase], 1))]),
    ),
    table(
      ["times faster, by medians", ...kinds.map((phase) => phases[phase])],
      ours.flatMap((name) =>
        rivals.map((rival) => [
          `${name} than ${rival}`,
          ...kinds.map((phase) => `${(median(rival, phase) / median(name, phase)).toFixed(1)}×`),
        ]),
      ),
    ),
    table(
      ["provider's peak memory, MB", "median (min–max)"],
      [...providerMb].map(([name, values]) => [name, renderSpread(values, 0)]),
    ),
  ].join("\n\n");
}

/** Markdown: seconds of every preview, and the ratio to that of an empty program. */
export function renderPreviews(results: PreviewResults): string {
  const empty = spread(results.get(EMPTY) ?? []).median;
  return table(
    ["preview of", "median (min–max), seconds", "of an empty program"],
    [...results].map(([name, seconds]) => [
      name,
      renderSpread(seconds, 2),
      `${(spread(seconds).median / empty).toFixed(2)}×`,
    ]),
  );
}

/** Replaces what is between the markers of a section; everything else of the page is written by people. */
export function replaceSection(page: string, section: string, content: string): string {
  const [begin, end] = [`<!-- ${section}: written by bench/run.ts -->`, `<!-- /${section} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no section "${section}"`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}

function renderSpread(values: readonly number[], digits: number): string {
  const { min, median, max } = spread(values);
  return `**${median.toFixed(digits)}** (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}
