/** The comment that a pull request gets: what it changes, exposes and costs. */

import { cents } from "../../components/cost/money.ts";
import type { PriceTable } from "../../components/cost/prices.ts";
import { type CostChange, costChange } from "../cost/change.ts";
import { renderMermaid } from "../diagram/mermaid.ts";
import { changesOf, type HostChanges, type SubjectChanges } from "../plan-model/changes.ts";
import { type Exposure, type ExposureChange, exposureChange } from "../plan-model/exposure.ts";
import { platformOf } from "../plan-model/platform.ts";
import { type Preview, resourcesAfter, resourcesBefore } from "../plan-model/preview.ts";
import { changedTopology } from "./changed-topology.ts";
import { code, plain, renderDifferences } from "./markdown.ts";

/** By which the comment is found again. */
export const MARKER = "<!-- quayside:pull-request -->";

/** What GitHub takes of a comment, with some room. */
const LONGEST = 60_000;

/** What a stack's preview was compared with. */
export type Basis = "state" | "base" | "nothing";

export interface StackPreview {
  stack: string;
  preview: Preview;
  /**
   * The deployed state; the same preview of the base branch (where nobody may read the state); or nothing, so that
   * everything counts as new.
   */
  basis: Basis;
}

export interface CommentOptions {
  /** @default the pinned table */
  prices?: PriceTable;
  /** Commit that was previewed; shown. */
  commit?: string;
}

/**
 * The whole comment, at most as long as GitHub takes: where it would be longer, values are left out first, then
 * resources.
 *
 * Only what changes is named: a stack, host or service without a change does not occur.
 */
export function renderComment(stacks: readonly StackPreview[], options: CommentOptions = {}): string {
  const summaries = stacks.map((stack) => summarise(stack, options.prices));
  const details: Detail[] = ["values", "resources", "services"];
  const versions = details.map((detail) => assemble(summaries, detail, options));
  return versions.find((text) => text.length <= LONGEST) ?? cut(versions.at(-1) ?? "");
}

function cut(text: string): string {
  const whole = text.slice(0, text.lastIndexOf("\n", LONGEST));
  const open = (whole.match(/^```/gm) ?? []).length % 2 === 1 ? "\n```" : "";
  return `${whole}${open}\n\n**The rest was left out: it is longer than a comment may be.**\n`;
}

type Detail = "values" | "resources" | "services";

interface Summary extends StackPreview {
  hosts: HostChanges[];
  exposure: ExposureChange;
  cost: CostChange;
}

/** What of a stack's comment other programs may read. */
export function summaryOf(stack: StackPreview, prices?: PriceTable) {
  const { exposure, cost } = summarise(stack, prices);
  return {
    stack: stack.stack,
    basis: stack.basis,
    problems: stack.preview.problems,
    exposure,
    cost: {
      currency: "EUR",
      before: Number(cents(cost.before)),
      after: Number(cents(cost.after)),
      prices: cost.source,
    },
  };
}

function summarise(stack: StackPreview, prices: PriceTable | undefined): Summary {
  const before = platformOf(resourcesBefore(stack.preview));
  const after = platformOf(resourcesAfter(stack.preview));
  return {
    ...stack,
    hosts: changesOf(stack.preview),
    exposure: exposureChange(before, after),
    cost: costChange(stack.preview, prices),
  };
}

function assemble(summaries: readonly Summary[], detail: Detail, { commit }: CommentOptions): string {
  const parts = [
    MARKER,
    "## What this would change",
    summaryTable(summaries),
    ...summaries.filter(needsSection).map((summary) => section(summary, detail)),
    footer(summaries, commit),
  ];
  return `${parts.join("\n\n")}\n`;
}

function failed({ preview }: StackPreview): boolean {
  return preview.problems.some(({ severity }) => severity === "error");
}

function needsSection(summary: Summary): boolean {
  const { hosts, exposure, cost, preview } = summary;
  return (
    hosts.length + exposure.added.length + exposure.removed.length + cost.changed.length + preview.problems.length > 0
  );
}

function summaryTable(summaries: readonly Summary[]): string {
  const rows = summaries.map((summary) => {
    const { stack, hosts, exposure, cost } = summary;
    const subjects = hosts.flatMap((host) => host.subjects);
    const changes = failed(summary) ? "**the preview failed**" : subjects.length === 0 ? "none" : counted(subjects);
    const exposed = [
      ...(exposure.added.length > 0 ? [`**+${exposure.added.length}**`] : []),
      ...(exposure.removed.length > 0 ? [`−${exposure.removed.length}`] : []),
    ];
    const cells = [code(stack), changes, exposed.join(" ") || "unchanged", cents(cost.before), costCell(cost)];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| stack | changes | exposure | EUR a month before | after |",
    "| --- | --- | --- | ---: | ---: |",
    ...rows,
  ].join("\n");
}

function costCell({ before, after, unpriced }: CostChange): string {
  const shown = before === after ? cents(after) : `**${cents(after)}**`;
  return unpriced.length > 0 ? `${shown} and what has no known price` : shown;
}

const WORDS = { create: "new", update: "changed", replace: "replaced", delete: "removed" } as const;

function counted(subjects: readonly SubjectChanges[]): string {
  const groups = Map.groupBy(subjects, ({ operation }) => operation);
  return (["create", "update", "replace", "delete"] as const)
    .flatMap((operation) => {
      const count = groups.get(operation)?.length ?? 0;
      return count > 0 ? [`${count} ${WORDS[operation]}`] : [];
    })
    .join(", ");
}

function section(summary: Summary, detail: Detail): string {
  const { stack, hosts, exposure, cost, preview } = summary;
  const parts = [`### ${code(stack)}`];
  const errors = preview.problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    parts.push(
      "The preview failed; what follows is as far as it came.",
      ...errors.map(({ message }) => block(message)),
    );
  }
  parts.push(...hosts.map((host) => hostPart(host, detail)));
  parts.push(...exposurePart(exposure), ...costPart(cost));
  const topology = changedTopology(summary.preview, hosts);
  if (topology && detail !== "services") {
    parts.push(
      `<details open><summary>Who reaches what changes</summary>\n\n\`\`\`mermaid\n${renderMermaid(topology)}\`\`\`\n\n</details>`,
    );
  }
  const warnings = preview.problems.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) parts.push(`**Warnings**`, ...warnings.map(({ message }) => block(message)));
  return parts.join("\n\n");
}

function block(text: string): string {
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}text\n${text.slice(0, 4000)}\n${fence}`;
}

function hostPart({ host, subjects }: HostChanges, detail: Detail): string {
  const heading = host === undefined ? "**On no host**" : `**On ${code(host)}**`;
  return [heading, subjects.map((subject) => subjectPart(subject, detail)).join("\n")].join("\n\n");
}

function subjectPart({ name, kind, operation, resources }: SubjectChanges, detail: Detail): string {
  const line = `- ${code(name)} (${plain(kind)}): ${operation === "replace" ? "**replaced**" : WORDS[operation]}`;
  if (detail === "services") return line;
  // What is wholly new or wholly gone is named as a whole.
  if (operation === "create" || operation === "delete") {
    return resources.length > 1 ? `${line}, ${resources.length} resources` : line;
  }
  const several = resources.length > 1;
  const lines = resources.flatMap((resource) => {
    const shown = detail === "values" ? renderDifferences(resource.differences) : [];
    if (!several) return shown;
    return [`- ${code(resource.name)}: ${WORDS[resource.operation]}`, ...shown.map((text) => indented(text))];
  });
  return [line, ...lines.map((text) => indented(text))].join("\n");
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

function exposurePart({ added, removed }: ExposureChange): string[] {
  if (added.length + removed.length === 0) return [];
  const row = (sign: string, { kind, host, what, from, service }: Exposure): string => {
    const where = [host && code(host), service && code(service)].filter(Boolean).join(" ");
    return `| ${sign} | ${kind} | ${code(what)} | ${plain(from)} | ${where} |`;
  };
  return [
    [
      "| exposure | | | reachable from | on |",
      "| --- | --- | --- | --- | --- |",
      ...added.map((exposure) => row("**new**", exposure)),
      ...removed.map((exposure) => row("removed", exposure)),
    ].join("\n"),
  ];
}

function costPart({ changed, unpriced }: CostChange): string[] {
  if (changed.length === 0) return [];
  const price = (line: LinePrice | undefined): string =>
    !line ? "" : line.monthly === undefined ? "no price known" : cents(line.monthly);
  const rows = changed.map(({ name, before, after }) => {
    const what =
      before && after && before.what !== after.what ? `${before.what} → ${after.what}` : (after ?? before)?.what;
    return `| ${code(name)} | ${plain(what ?? "")} | ${price(before)} | ${price(after)} |`;
  });
  const table = ["| EUR a month | | before | after |", "| --- | --- | ---: | ---: |", ...rows].join("\n");
  return unpriced.length > 0 ? [table, `Not counted: ${plain(unpriced.map(({ what }) => what).join(", "))}.`] : [table];
}

type LinePrice = { monthly: number | undefined };

const BASIS: Record<Basis, string> = {
  state: "the deployed state",
  base: "the base branch, both with placeholders for secrets (a changed secret does not show)",
  nothing: "an empty stack",
};

function footer(summaries: readonly Summary[], commit: string | undefined): string {
  const bases = [...Map.groupBy(summaries, ({ basis }) => basis)].map(([basis, stacks]) => {
    const names =
      summaries.length === stacks.length ? "Compared" : `${stacks.map(({ stack }) => code(stack)).join(", ")} compared`;
    return `${names} with ${BASIS[basis]}.`;
  });
  const prices = [...new Set(summaries.map(({ cost }) => cost.source))].join(", ");
  const of = commit ? ` Commit ${code(commit.slice(0, 12))}.` : "";
  return `<sub>${bases.join(" ")} Prices: net, ${prices}.${of}</sub>`;
}
