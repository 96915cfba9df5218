import { describe, expect, it } from "vitest";
import { costLines, listedResources, monthlyTotal, renderCost } from "./cost.ts";

const urn = (name: string): string => `urn:pulumi:prod::quayside::x::${name}`;
const server = (inputs: Record<string, unknown>) => ({ type: "hcloud:index/server:Server", urn: urn("apps"), inputs });

describe("cost", () => {
  it("adds servers, IPv4 addresses and volumes, and nothing that is free", () => {
    const lines = costLines([
      server({ serverType: "cx33", location: "fsn1" }),
      { type: "hcloud:index/primaryIp:PrimaryIp", urn: urn("ip"), inputs: { type: "ipv4" } },
      { type: "hcloud:index/primaryIp:PrimaryIp", urn: urn("ip6"), inputs: { type: "ipv6" } },
      { type: "hcloud:index/volume:Volume", urn: urn("data"), inputs: { size: 10 } },
      { type: "hcloud:index/network:Network", urn: urn("net"), inputs: {} },
    ]);
    expect(lines).toHaveLength(3);
    expect(monthlyTotal(lines)).toBeCloseTo(8.49 + 0.5 + 0.572);
  });

  it("adds a fifth for backups", () => {
    expect(monthlyTotal(costLines([server({ serverType: "cx23", location: "nbg1", backups: true })]))).toBeCloseTo(
      5.49 * 1.2,
    );
  });

  it("takes the first choice of a server whose type is decided by what is available", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const placement = { type: "quayside:hetzner:Placement", urn: urn("placement") };
    const lines = costLines([
      { ...placement, inputs: { types: ["cx33", "cpx22"], locations: ["nbg1"] } },
      {
        ...server({ serverType: unknown, location: unknown }),
        propertyDependencies: { serverType: [placement.urn], location: [placement.urn] },
      },
    ]);
    expect(renderCost(lines)).toBe("8.49 EUR a month: cx33 in nbg1, if available");
  });

  it("names what it has no price for, rather than calling it free", () => {
    expect(renderCost(costLines([server({ serverType: "cx99", location: "fsn1" })]))).toBe(
      "0.00 EUR a month; no price known for cx99 in fsn1",
    );
  });

  it("reads the resources out of a preview", () => {
    const json = JSON.stringify({
      steps: [
        { op: "create", urn: urn("apps"), newState: server({}) },
        { op: "delete", urn: urn("old"), oldState: { ...server({}), urn: urn("old") } },
      ],
    });
    expect(listedResources(json)).toHaveLength(1);
  });
});
