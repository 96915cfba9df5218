import { afterEach, describe, expect, it, vi } from "vitest";
import { SERVER_TYPES } from "../../components/cost/hetzner-catalogue.ts";
import { cents, micros } from "../../components/cost/money.ts";
import { pinnedPrices, pricesFrom } from "../../components/cost/prices.ts";
import { renderPricing } from "../../lab/api/render-catalogue.ts";
import { costLines, renderCost, totalOf } from "../cost.ts";
import { pricesFor } from "../cost-command.ts";
import { resourcesAfter } from "../plan-model/preview.ts";
import { recorded } from "../plan-model/testdata/recorded.ts";

afterEach(() => vi.unstubAllGlobals());

describe("prices", () => {
  it("are the same from the API's answer as from the pinned table that the answer is of", () => {
    const answered = pricesFrom(JSON.parse(JSON.stringify(renderPricing())));
    for (const { name, prices } of SERVER_TYPES) {
      for (const location of Object.keys(prices)) {
        expect(answered.server(name, location)).toBe(pinnedPrices.server(name, location));
      }
    }
    expect(answered.volumeGb).toBe(pinnedPrices.volumeGb);
    expect(answered.primaryIpv4("nbg1")).toBe(pinnedPrices.primaryIpv4("nbg1"));
    expect(answered.backupPercent).toBe(20);
  });

  it("come from the API where there is a token, which is not in its address", async () => {
    const asked = vi.fn(async (_url: string, _init: RequestInit) => Response.json({ pricing: renderPricing() }));
    vi.stubGlobal("fetch", asked);
    const prices = await pricesFor("auto", { HCLOUD_TOKEN: "secret", HCLOUD_ENDPOINT: "http://cloud/v1" });
    expect(prices.server("cx23", "fsn1")).toBe(micros("5.49"));
    expect(asked.mock.calls[0]?.[0]).toBe("http://cloud/v1/pricing");
    expect(asked.mock.calls[0]?.[1].headers).toEqual({ Authorization: "Bearer secret" });
  });

  it("are the pinned ones, and that is said, when the API does not take a token that merely was there", async () => {
    vi.stubGlobal("fetch", async () => new Response("", { status: 401 }));
    const said: string[] = [];
    const prices = await pricesFor("auto", { HCLOUD_TOKEN: "s3cr3t" }, (line) => said.push(line));
    expect(prices).toBe(pinnedPrices);
    expect(said).toEqual([expect.stringMatching(/pricing answered 401\. Prices are those of the pinned table of /)]);
    expect(said.join()).not.toContain("s3cr3t");
  });

  it("are refused with a remedy, and without the token, when the API refuses", async () => {
    vi.stubGlobal("fetch", async () => new Response("", { status: 401 }));
    const error: Error = await pricesFor("api", { HCLOUD_TOKEN: "s3cr3t" }).catch((caught) => caught);
    expect(error.message).toMatch(/pricing answered 401/);
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain("s3cr3t");
    await expect(pricesFor("api", {})).rejects.toThrow(/needs a token in HCLOUD_TOKEN/);
  });
});

describe("the cost of this repository's production", () => {
  it("is right to the cent", () => {
    const lines = costLines(resourcesAfter(recorded("prod")));
    // cx23 in fsn1, an IPv4 address, 20 GB at 0.0572: the pinned table.
    expect(cents(totalOf(lines))).toBe((5.49 + 0.5 + 20 * 0.0572).toFixed(2));
    expect(renderCost(lines)).toContain("7.13 EUR a month");
  });
});

describe("money", () => {
  it("adds prices with four decimals exactly", () => {
    const sum = Array.from({ length: 1000 }, () => micros(0.0572)).reduce((a, b) => a + b, 0);
    expect(cents(sum)).toBe("57.20");
    expect(cents(micros("0.005"))).toBe("0.01");
    expect(cents(-micros(1.005))).toBe("-1.01");
  });
});
