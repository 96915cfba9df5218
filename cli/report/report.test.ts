import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { platformOf } from "../plan-model/platform.ts";
import { resourcesAfter } from "../plan-model/preview.ts";
import { type Resource, UNKNOWN } from "../plan-model/resource.ts";
import { recorded } from "../plan-model/testdata/recorded.ts";
import { findBackups, hostsWithout } from "./backups.ts";
import { lookAtCertificates } from "./certificates.ts";
import { unknowns } from "./facts.ts";
import { exposureMatrix, type Row } from "./matrix.ts";
import { renderReport } from "./render.ts";
import { fullFacts } from "./testdata/facts.ts";
import { selfSigned } from "./testdata/self-signed.ts";
import { ageOf, certificateTone, leftInWords, tilesOf } from "./tiles.ts";

const rows = exposureMatrix(platformOf(resourcesAfter(recorded("prod"))));
const row = (what: string, host = "sese-ai"): Row | undefined =>
  rows.find((candidate) => candidate.what === what && candidate.host === host);

describe("the exposure matrix", () => {
  it("says of each way in who may use it from where", () => {
    expect(row("https://n8n.example.org")).toMatchObject({
      ...{ access: "mesh", service: "n8n" },
      from: { internet: { reaches: "no" }, mesh: { reaches: "yes" }, addresses: { reaches: "no" } },
    });
    expect(row("https://n8n.example.org/webhook/*")).toMatchObject({
      ...{ access: "public" },
      from: { internet: { reaches: "yes" }, mesh: { reaches: "yes" }, addresses: { reaches: "yes" } },
    });
    const inMesh = { reaches: "yes", who: ["group:operators", "tag:hub"] };
    expect(row("804/tcp")).toMatchObject({
      ...{ access: "mesh" },
      from: { internet: { reaches: "no" }, mesh: inMesh, addresses: { reaches: "no" } },
    });
    expect(row("22/tcp")).toBeUndefined();
    expect(row("22/tcp", "waza")).toEqual({
      ...{ host: "waza", kind: "port", what: "22/tcp", access: "addresses" },
      from: {
        internet: { reaches: "no" },
        mesh: { reaches: "yes", who: ["group:operators"] },
        addresses: { reaches: "yes", who: ["203.0.113.7"] },
      },
    });
  });

  it("names groups and tags where the mesh's policy lets only them", () => {
    const [found, ...others] = exposureMatrix({
      hosts: [
        {
          ...{ name: "core", kind: "existing", ssh: ["22/tcp"], services: [], networks: [], routes: [] },
          unreadableProxies: [],
          openings: [
            { firewall: "mesh", port: "804/tcp", from: ["group:ops"] },
            { firewall: "mesh", port: "804/tcp", from: ["tag:hub"] },
          ],
        },
      ],
      names: [],
    });
    expect(found).toMatchObject({
      ...{ access: "mesh", what: "804/tcp" },
      from: { internet: { reaches: "no" }, mesh: { reaches: "yes", who: ["group:ops", "tag:hub"] } },
    });
    expect(others).toEqual([]);
  });
});

it("has one row for a port that some may use from addresses and others through the mesh", () => {
  const host = {
    name: "core",
    kind: "existing",
    ssh: ["22/tcp"],
    services: [],
    networks: [],
    routes: [],
    unreadableProxies: [],
  } as const;
  const openings = [
    { firewall: "host", port: "22/tcp", from: ["203.0.113.7/32", "100.64.0.0/10"] },
    { firewall: "host", port: "443/tcp", from: ["anywhere"] },
    { firewall: "mesh", port: "22/tcp", from: ["group:ops"] },
    { firewall: "mesh", port: "443/tcp", from: ["tag:hub"] },
  ] as const;
  const found = exposureMatrix({ hosts: [{ ...host, openings, inMesh: true }], names: [] });
  expect(found.map(({ what, access, from }) => [what, access, from.mesh, from.addresses])).toEqual([
    ["443/tcp", "public", { reaches: "yes" }, { reaches: "yes" }],
    ["22/tcp", "addresses", { reaches: "yes", who: ["group:ops"] }, { reaches: "yes", who: ["203.0.113.7"] }],
  ]);
});

it("shows a mesh-only route to those alone whom the mesh's policy lets through to the proxy", () => {
  const route = { hostname: "n8n.example.org", access: "mesh", proxy: "edge", service: "n8n", port: "5678" } as const;
  const meshOf = (port: string) => {
    const opening = { firewall: "mesh", port, from: ["group:ops"] } as const;
    const host = {
      name: "core",
      kind: "existing",
      ssh: ["22/tcp"],
      services: [],
      networks: [],
      unreadableProxies: [],
    } as const;
    const found = exposureMatrix({ hosts: [{ ...host, openings: [opening], routes: [route] }], names: [] });
    return found.find(({ kind }) => kind === "route")?.from.mesh;
  };
  expect(meshOf("443/tcp")).toEqual({ reaches: "yes", who: ["group:ops"] });
  for (const port of ["any/tcp", "400-500/tcp"]) expect(meshOf(port)).toEqual(meshOf("443/tcp"));
  expect(meshOf("22/tcp")).toEqual({ reaches: "no" });
});

describe("the page", () => {
  it("needs nothing else, and escapes what a stack contains", async () => {
    const page = await renderReport(fullFacts());
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|@import|url\((?!#)/i);
    expect(page).toContain("&lt;syncthing&gt;");
    expect(page).not.toContain("<syncthing>");
  });

  it("says what could not be looked at, first", async () => {
    const facts = { ...fullFacts(), drift: { unknown: "stack prod has no passphrase" } };
    expect(unknowns(facts)).toEqual([
      "Drift: stack prod has no passphrase",
      "Certificates: notes.example.org could not be seen",
      "Backups: the age of those of waza",
      "Exposure: the routes of waza/workshop-edge, which are secret without the stack's key",
    ]);
    const page = await renderReport(facts);
    expect(page.indexOf("What could not be looked at")).toBeLessThan(page.indexOf("Topology"));
    expect(page).toContain("stack prod has no passphrase");
  });
});

describe("the tiles", () => {
  it("count what the sections hold", () => {
    const facts = fullFacts();
    const tiles = Object.fromEntries(tilesOf(facts).map((tile) => [tile.label, tile]));
    const open = facts.exposure.filter(({ access }) => access === "public").length;
    expect(tiles["Open to everybody"]).toMatchObject({ value: String(open) });
    expect(tiles["Cost a month"]).toMatchObject({ value: "7.13 €", note: "6.56 € now" });
    expect(tiles["Drift"]).toMatchObject({ value: "2", tone: "bad" });
    expect(tiles["Next certificate ends"]).toMatchObject({ value: "2 days", tone: "bad" });
    expect(tiles["Oldest backup"]).toMatchObject({ value: "unknown", tone: "caution" });
  });

  it("never call unseen things good", () => {
    const facts = fullFacts();
    const tile = (changes: object, label: string) =>
      tilesOf({ ...facts, ...changes }).find((candidate) => candidate.label === label);
    const errors = [{ severity: "error", message: "no answer" }];
    const drift = { found: { drifted: [], pending: [], looked: { hosts: 3 }, problems: errors } };
    expect(tile({ drift }, "Drift")).toMatchObject({ value: "unsure", tone: "caution" });
    const certificates = { found: [{ hostname: "a.example.org", host: "core", problem: "no answer" }] };
    expect(tile({ certificates }, "Next certificate ends")).toMatchObject({ value: "unknown", tone: "caution" });
    expect(tile({ backups: { found: [] } }, "Oldest backup")).toMatchObject({ value: "none", tone: "bad" });
  });

  it("judge a certificate by the share of its time, as a third of it is left when it is renewed", () => {
    const left = (days: number, lifetime: number) => {
      const day = 86_400_000;
      const now = Date.parse("2026-11-21T00:00:00Z");
      const [from, until] = [now + (days - lifetime) * day, now + days * day].map((at) => new Date(at).toISOString());
      const shown = { issuer: "x", from: from ?? "", until: until ?? "", trusted: true };
      return [certificateTone(shown, new Date(now).toISOString()), leftInWords(shown, new Date(now).toISOString())];
    };
    expect([left(58, 90), left(20, 90), left(2, 90), left(-1, 90)]).toEqual([
      ...[
        ["good", "58 days"],
        ["caution", "20 days"],
        ["bad", "2 days"],
        ["bad", "expired"],
      ],
    ]);
    expect(left(0.4, 0.5)).toEqual(["good", "9 hours"]);
  });

  it("say ages in the unit that fits", () => {
    expect([0, 3.5 * 3_600_000, 50 * 3_600_000].map(ageOf)).toEqual(["under 1 hour", "3 hours", "2 days"]);
  });
});

it("sees the certificate that a proxy shows for a hostname, and says why it sees none", async () => {
  const server = createServer(selfSigned);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const route = { hostname: "n8n.example.org", access: "mesh", proxy: "edge", service: "n8n", port: "5678" } as const;
  const host = {
    kind: "existing",
    ssh: ["22/tcp"],
    services: [],
    networks: [],
    openings: [],
    unreadableProxies: [],
  } as const;
  const platform = {
    hosts: [
      { ...host, name: "core", address: "127.0.0.1", routes: [route] },
      { ...host, name: "later", routes: [{ ...route, hostname: "later.example.org" }] },
    ],
    names: [],
  };
  expect(await lookAtCertificates(platform, 4000, port)).toEqual([
    {
      ...{ host: "core", hostname: "n8n.example.org" },
      shown: expect.objectContaining({ issuer: "Quayside test", until: "2056-11-13T15:51:06.000Z", trusted: false }),
    },
    { host: "later", hostname: "later.example.org", problem: "the host's address is not known yet" },
  ]);
  await new Promise((resolve) => server.close(resolve));
  const [refused] = await lookAtCertificates(platform, 4000, port);
  expect(refused).toMatchObject({ problem: "nothing listens there" });
});

describe("backups", () => {
  const resource = (type: string, name: string, inputs: object, more: Partial<Resource> = {}): Resource => ({
    ...{ urn: `urn::${name}`, type, name, custom: true, inputs: { ...inputs }, outputs: {} },
    ...{ dependencies: [], propertyDependencies: {} },
    ...more,
  });
  const component = resource("quayside:server:HetznerServer", "apps", {}, { custom: false });
  const resources = [
    component,
    resource(
      "hcloud:index/server:Server",
      "apps-server",
      { name: "prod-apps", backups: true },
      { parent: component.urn },
    ),
    resource("hcloud:index/server:Server", "edge-server", { name: "prod-edge", backups: false }),
    resource("quayside:host:SystemdUnit", "mesh-backup-timer", {
      ...{ unit: "headscale-backup.timer", host: { name: "hub", address: UNKNOWN } },
    }),
  ];

  it("that nobody was asked about are known only to be declared", async () => {
    expect(await findBackups(resources)).toEqual([
      expect.objectContaining({ of: "apps-server", host: "apps", note: "not looked up: there is no token" }),
      expect.objectContaining({ of: "hub", host: "hub", note: "not looked up" }),
    ]);
    const [, ofMesh] = await findBackups(resources, {});
    expect(ofMesh).toMatchObject({ host: "hub", note: "not looked up: its address is not known yet" });
  });

  it("are of hosts, whatever is backed up there; the others have none", async () => {
    const hosts = ["apps", "edge", "hub", "core"].map((name) => ({ name }));
    expect(hostsWithout(await findBackups(resources), hosts)).toEqual(["edge", "core"]);
    expect(hostsWithout([], hosts)).toEqual(["apps", "edge", "hub", "core"]);
  });
});
