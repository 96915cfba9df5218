import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Platform, platformOf } from "../plan-model/platform.ts";
import { resourcesAfter } from "../plan-model/preview.ts";
import { recorded } from "../plan-model/testdata/recorded.ts";
import { layOut } from "./layout.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderSvg } from "./svg.ts";
import { topologyOf } from "./topology.ts";

const prod = () => topologyOf(platformOf(resourcesAfter(recorded("prod"))));

/** A platform with one service under names of somebody else's choosing. */
function named(name: string): Platform {
  const route = { hostname: name, access: "public" as const, proxy: "edge", service: name, port: "1" };
  const service = { name, kind: "Service", images: [name], networks: [], published: [], needs: [] };
  return {
    names: [],
    hosts: [
      {
        name,
        kind: "existing",
        ssh: ["22/tcp"],
        services: [service],
        networks: [],
        openings: [],
        routes: [route],
        unreadableProxies: [],
      },
    ],
  };
}

describe("topology", () => {
  it("leads who comes from outside to the service that answers, not to the proxy", () => {
    const reached = prod()
      .edges.filter(({ reach }) => reach === "public")
      .map(({ from, to, labels }) => `${from} -> ${to}: ${labels.join(" ")}`);
    expect(reached).toEqual([
      "internet -> h/prod-apps: 80/tcp 443/tcp",
      "internet -> s/seko-vpn/couchdb: notes.example.org",
      "internet -> h/seko-vpn: vpn.example.org 41641/udp 3478/udp",
      "internet -> s/sese-ai/n8n: hook.example.org/webhook/* n8n.example.org/webhook/*",
      "internet -> h/sese-ai: 41641/udp",
      "internet -> h/waza: 41641/udp",
    ]);
  });

  it("shows nobody a way to a database from outside", () => {
    const into = prod().edges.filter(({ to }) => /postgres|redis/.test(to));
    expect(new Set(into.map(({ reach }) => reach))).toEqual(new Set(["internal"]));
  });
});

describe("mermaid", () => {
  it("is as it was looked at", () => {
    expect(renderMermaid(prod())).toMatchSnapshot();
  });

  it("lets no name end a label, a line or a block", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (name) => {
        const plain = renderMermaid(topologyOf(named("x"))).split("\n").length;
        const lines = renderMermaid(topologyOf(named(name))).split("\n");
        expect(lines).toHaveLength(plain);
        for (const line of lines) {
          const [, label] = /"(.*)"/.exec(line) ?? [];
          expect(label?.replace(/<br>|<\/?small>/g, "") ?? "").not.toMatch(/["<>`|[\]{}\\]/);
        }
      }),
    );
  });
});

describe("svg", () => {
  it("keeps cards apart, inside of their hosts, and everything inside of the drawing", async () => {
    const { cards, hosts, width, height } = await layOut(prod());
    expect(cards.map(({ item }) => item.name).sort()).toEqual([
      "alloy",
      "couchdb",
      "litellm",
      "loki",
      "n8n",
      "nocodb",
      "postgres",
      "qdrant",
      "redis",
    ]);
    type Box = { x: number; y: number; width: number; height: number };
    const within = (a: Box, b: Box) =>
      a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
    const apart = (a: Box, b: Box) =>
      a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
    for (const card of cards) {
      const host = hosts.find(({ item }) => item.services.includes(card.item));
      expect(host && within(card, host)).toBe(true);
      expect(cards.filter((other) => other !== card).every((other) => apart(card, other))).toBe(true);
    }
    for (const host of hosts) {
      expect(within(host, { x: 0, y: 0, width, height })).toBe(true);
      expect(hosts.filter((other) => other !== host).every((other) => apart(host, other))).toBe(true);
    }
  });

  it("writes names as text, whatever is in them", async () => {
    const svg = await renderSvg(topologyOf(named("<script>alert('&')</script>")));
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;");
  });
});
