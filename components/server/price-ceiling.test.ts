import { expect, test } from "vitest";
import { pinnedPrices } from "../cost/prices.ts";
import { highestCosts } from "./price-ceiling.ts";

const server = { name: "core", types: ["cx33", "cpx32"], locations: ["fsn1", "nbg1"], volumeGb: 0 };

test("the dearest of what a server may become counts, with its address and volume", () => {
  expect(highestCosts([server], pinnedPrices)).toEqual([
    { what: "core: cpx32 in fsn1", monthly: 35.49 },
    { what: "core: IPv4 address", monthly: 0.5 },
  ]);
  const prices = { ...pinnedPrices, volumeGb: 57_200 };
  expect(highestCosts([{ ...server, types: ["cx33"], volumeGb: 20 }], prices)).toEqual([
    { what: "core: cx33 in fsn1", monthly: 8.49 },
    { what: "core: IPv4 address", monthly: 0.5 },
    { what: "core: volume, 20 GB", monthly: 1.14 },
  ]);
});

test("a server without a price keeps no ceiling", () => {
  expect(() => highestCosts([{ ...server, types: ["cx99"] }], pinnedPrices)).toThrow(
    /core costs an unknown price.*none of cx99 in fsn1, nbg1/,
  );
});
