import type { Command } from "commander";
import { cents, inEuros } from "../components/cost/money.ts";
import { type PriceTable, pinnedPrices } from "../components/cost/prices.ts";
import { fetchPrices } from "./cost/api-prices.ts";
import { type CostChange, costChange } from "./cost/change.ts";
import { type CostLine, costLines } from "./cost.ts";
import { UserError } from "./errors.ts";
import { resourcesAfter } from "./plan-model/preview.ts";
import { type PreviewSource, stackPreview, withPreviewOptions } from "./stack-preview.ts";

interface CostOptions extends PreviewSource {
  json?: boolean;
  prices: string;
}

/** Adds `cost`: what a stack costs a month, and what the next `up` makes of that. */
export function registerCost(program: Command): void {
  withPreviewOptions(program.command("cost"))
    .description("what a stack costs a month at Hetzner, now and after the next up (net, EUR)")
    .option(
      "--prices <source>",
      "api (asks with HCLOUD_TOKEN), pinned, or auto: api where there is a token that it takes",
      "auto",
    )
    .option("--json", "one JSON object")
    .action(async (stack: string, options: CostOptions) => {
      const prices = await pricesFor(options.prices);
      const preview = await stackPreview(stack, options);
      const change = costChange(preview, prices);
      const lines = costLines(resourcesAfter(preview), prices);
      process.stdout.write(
        options.json ? `${costJson(stack, change, lines)}\n` : renderCostTable(stack, change, lines),
      );
    });
}

const toStandardError = (line: string): void => void process.stderr.write(`quay: ${line}\n`);

/**
 * The price table that was asked for.
 *
 * @param source - `api`, `pinned`, or `auto`: the API's where there is a token that it takes, else the pinned one. What the
 * prices are for, such as a pull request's comment, is not to be lost with them.
 * @param say - Told why `auto` does without the API.
 * @throws UserError for another source, and of `api` without HCLOUD_TOKEN or when the API refuses.
 */
export async function pricesFor(
  source: string,
  env: NodeJS.ProcessEnv = process.env,
  say: (line: string) => void = toStandardError,
): Promise<PriceTable> {
  const token = env["HCLOUD_TOKEN"];
  if (source === "pinned" || (source === "auto" && !token)) return pinnedPrices;
  if (source !== "api" && source !== "auto") {
    throw new UserError(`--prices is ${JSON.stringify(source)}; api, pinned or auto are allowed.`);
  }
  if (!token) throw new UserError("--prices api needs a token in HCLOUD_TOKEN; one that may only read is enough.");
  try {
    return await fetchPrices({ endpoint: env["HCLOUD_ENDPOINT"] ?? "https://api.hetzner.cloud/v1", token });
  } catch (error) {
    if (source === "api" || !(error instanceof UserError)) throw error;
    say(`${error.message} Prices are those of the ${pinnedPrices.source}.`);
    return pinnedPrices;
  }
}

function costJson(stack: string, { before, after, source }: CostChange, lines: readonly CostLine[]): string {
  return JSON.stringify(
    {
      stack,
      currency: "EUR",
      net: true,
      prices: source,
      before: Number(cents(before)),
      after: Number(cents(after)),
      lines: lines.map(({ name, what, monthly }) => ({
        name,
        what,
        monthly: monthly === undefined ? null : inEuros(monthly),
      })),
    },
    null,
    2,
  );
}

/** Pure. One line for each thing that is paid for, and the sum. */
export function renderCostTable(stack: string, change: CostChange, lines: readonly CostLine[]): string {
  const rows = lines.map(({ name, what, monthly }) => [name, what, monthly === undefined ? "?" : cents(monthly)]);
  const width = (column: number): number => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  const table = rows.map(
    ([name = "", what = "", price = ""]) =>
      `  ${name.padEnd(width(0))}  ${what.padEnd(width(1))}  ${price.padStart(8)}`,
  );
  const { before, after, unpriced, source } = change;
  const was = before === after ? "unchanged" : `${cents(before)} now`;
  return [
    ...table,
    `${stack}: ${cents(after)} EUR a month (${was}); net, ${source}`,
    ...(unpriced.length > 0
      ? [`not counted, as no price is known: ${unpriced.map(({ what }) => what).join(", ")}`]
      : []),
    "",
  ].join("\n");
}
