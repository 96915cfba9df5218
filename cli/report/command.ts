import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { inEuros } from "../../components/cost/money.ts";
import { pricesFor } from "../cost-command.ts";
import { refuseTerminal, writeResult } from "../result.ts";
import { type PreviewSource, stackPreview, withPreviewOptions } from "../stack-preview.ts";
import { collectFacts } from "./collect.ts";
import { type ReportFacts, unknowns } from "./facts.ts";
import { renderReport } from "./render.ts";

interface ReportOptions extends PreviewSource {
  out?: string;
  json?: boolean;
  look: boolean;
  prices: string;
}

/** Adds `report`: one page about a stack, for those who do not read previews. */
export function registerReport(program: Command): void {
  withPreviewOptions(program.command("report"))
    .description("one HTML page: topology, who reaches what from where, cost, drift, age of certificates and backups")
    .option("--out <file>", "write it there instead of printing it")
    .option("--no-look", "ask no host and no API: only what is declared")
    .option("--prices <source>", "api (asks with HCLOUD_TOKEN), pinned, or auto: api where there is a token", "auto")
    .option("--json", "what the page says, as one JSON object")
    .addHelpText("after", "\nWhat could not be looked at is said on the page and on standard error.")
    .action(async (stack: string, options: ReportOptions) => {
      if (options.out === undefined && !options.json) refuseTerminal("a page (HTML)", `${stack}.html`);
      const preview = await stackPreview(stack, options);
      const facts = await collectFacts(stack, preview, {
        look: options.look,
        prices: await pricesFor(options.look ? options.prices : "pinned"),
        version: version(),
        args: (options.config ?? []).flatMap((setting) => ["--config", setting]),
      });
      for (const sentence of unknowns(facts)) process.stderr.write(`quay: not looked at: ${sentence}\n`);
      const text = options.json ? `${JSON.stringify(toJson(facts), null, 2)}\n` : await renderReport(facts);
      writeResult(text, options.out);
    });
}

function version(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

/** Money in EUR, as elsewhere. */
function toJson(facts: ReportFacts): object {
  const { before, after, lines, source } = facts.cost;
  const priced = lines.map(({ monthly, ...line }) => ({
    ...line,
    monthly: monthly === undefined ? null : inEuros(monthly),
  }));
  return {
    ...facts,
    cost: { currency: "EUR", net: true, source, before: inEuros(before), after: inEuros(after), lines: priced },
    unknown: unknowns(facts),
  };
}
