import type { Micros } from "../../components/cost/money.ts";
import { type PriceTable, pinnedPrices } from "../../components/cost/prices.ts";
import { type CostLine, costLines, totalOf } from "../cost.ts";
import { type Preview, resourcesAfter, resourcesBefore } from "../plan-model/preview.ts";

/** What a stack costs a month before and after. */
export interface CostChange {
  before: Micros;
  after: Micros;
  /** What costs more, less, or begins or ends to cost. */
  changed: readonly LineChange[];
  /** What is paid for afterwards, and is not in the price table: not counted. */
  unpriced: readonly CostLine[];
  /** Where the prices are from. */
  source: string;
}

export interface LineChange {
  name: string;
  before?: CostLine;
  after?: CostLine;
}

/** Pure. */
export function costChange(preview: Preview, prices: PriceTable = pinnedPrices): CostChange {
  const before = costLines(resourcesBefore(preview), prices);
  const after = costLines(resourcesAfter(preview), prices);
  const old = new Map(before.map((line) => [line.name, line]));
  const wanted = new Map(after.map((line) => [line.name, line]));
  const changed = [...new Set([...old.keys(), ...wanted.keys()])].flatMap((name): LineChange[] => {
    const [was, is] = [old.get(name), wanted.get(name)];
    if (was?.what === is?.what && was?.monthly === is?.monthly) return [];
    return [{ name, ...(was && { before: was }), ...(is && { after: is }) }];
  });
  const unpriced = after.filter(({ monthly }) => monthly === undefined);
  return { before: totalOf(before), after: totalOf(after), changed, unpriced, source: prices.source };
}
