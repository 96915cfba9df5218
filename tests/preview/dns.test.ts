import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { cloudflareZone } from "../../components/dns/cloudflare.ts";
import type { NamedRoute } from "../../components/dns/exposure.ts";
import { hetznerZone } from "../../components/dns/hetzner.ts";
import type { Hoster } from "../../components/dns/hoster.ts";
import { ipLocation } from "../../components/dns/ip-location.ts";
import { ovhZone } from "../../components/dns/ovh.ts";
import { CloudflareWorker } from "../../components/dns/worker.ts";
import { DnsZone } from "../../components/dns/zone.ts";
import { dns01 } from "../../components/proxy/acme.ts";
import { ExistingServer } from "../../components/server/existing-server.ts";
import { HetznerCloud } from "../../components/server/hetzner-cloud.ts";
import { faultsOf, recordResources, resourcesOf } from "./mocks.ts";

recordResources();

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const server = (name: string, address: string, address6?: string) =>
  new ExistingServer(name, { address, ...(address6 && { address6 }) });
const atHetzner = () => {
  const deployKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";
  return hetznerZone(new HetznerCloud("hetzner", { token: "t".repeat(64), deployKey }));
};
const atOvh = () => ovhZone({ applicationKey: "key", applicationSecret: "secret", consumerKey: "consumer" });
const atCloudflare = () => cloudflareZone({ apiToken: "token", accountId: ACCOUNT });
const proxy = (name: string, routes: NamedRoute[], address = "203.0.113.10", address6?: string) => ({
  name,
  routes,
  host: server(`${name}-host`, address, address6),
});
const open = (hostname: string): NamedRoute => ({ hostname, access: "public" });
const mesh = (hostname: string): NamedRoute => ({ hostname, access: "mesh" });
const named = (resources: Record<string, { inputs: unknown }>, prefix = "dns-") =>
  Object.keys(resources)
    .filter((name) => name.startsWith(prefix))
    .sort();

describe("DnsZone", () => {
  test("at Hetzner, a set for each name and type, with the project's labels", async () => {
    const resources = await resourcesOf(() => {
      const core = server("core", "203.0.113.10", "2001:db8::10");
      const hub = server("hub", "203.0.113.20");
      new DnsZone("dns", {
        domain: "example.org",
        at: atHetzner(),
        records: {
          "example.org": { host: core, MX: { preference: 10, server: "mail.example.net" } },
          "all.example.org": { host: [core, hub], ttl: 60 },
        },
      });
    });
    expect(named(resources)).toEqual(["dns-@-a", "dns-@-aaaa", "dns-@-mx", "dns-all-a", "dns-all-aaaa", "dns-zone"]);
    expect(resources["dns-zone"]?.inputs).toMatchObject({ name: "example.org", mode: "primary", ttl: 3600 });
    expect(resources["dns-all-a"]?.inputs).toMatchObject({
      ...{ zone: "example.org", name: "all", type: "A", ttl: 60 },
      records: [{ value: "203.0.113.10" }, { value: "203.0.113.20" }],
      labels: { "managed-by": "quayside" },
    });
    expect(resources["dns-@-mx"]?.inputs.records).toEqual([{ value: "10 mail.example.net." }]);
  });

  test("at OVH, one resource for all that is declared and one for each proxy; secrets are secret", async () => {
    const resources = await resourcesOf(() => {
      const zone = new DnsZone("dns", {
        domain: "example.org",
        at: atOvh(),
        records: {
          "example.org": { TXT: "v=spf1 -all", A: "203.0.113.1" },
          "blog.example.org": { CNAME: "example.org" },
        },
      });
      zone.forRoutes(proxy("edge", [open("www.example.org")]));
    });
    expect(named(resources)).toEqual(["dns-edge", "dns-records"]);
    expect(resources["dns-records"]?.inputs).toMatchObject({
      zone: "example.org",
      records: {
        "@ A": { ttl: 3600, values: ["203.0.113.1"] },
        "@ TXT": { ttl: 3600, values: ['"v=spf1 -all"'] },
        "blog CNAME": { ttl: 3600, values: ["example.org."] },
      },
    });
    expect(resources["dns-edge"]?.inputs.records).toEqual({ "www A": { ttl: 3600, values: ["203.0.113.10"] } });
    expect(JSON.stringify(resources["dns-edge"]?.inputs.applicationSecret)).toContain(
      "1b47061264138c4ac30d75fd1eb44270",
    );
  });

  test("at Cloudflare, a record for each value, named by what it is", async () => {
    const resources = await resourcesOf(() => {
      const core = server("core", "203.0.113.10");
      new DnsZone("dns", {
        domain: "example.org",
        at: atCloudflare(),
        records: {
          "www.example.org": { host: core, proxied: true },
          "example.org": {
            A: ["203.0.113.1", "203.0.113.2"],
            MX: { preference: 10, server: "mail.example.net" },
            CAA: { tag: "issue", value: "letsencrypt.org" },
          },
          "blog.example.org": { CNAME: "acme.example.net", ttl: 300 },
        },
      });
    });
    expect(named(resources)).toEqual([
      ...["dns-@-a-203-0-113-1", "dns-@-a-203-0-113-2", "dns-@-caa-issue-letsencrypt-org", "dns-@-mx-mail-example-net"],
      ...["dns-blog-cname", "dns-provider", "dns-www-a-core", "dns-zone"],
    ]);
    expect(resources["dns-www-a-core"]?.inputs).toMatchObject({ name: "www.example.org", ttl: 1, proxied: true });
    expect(resources["dns-@-mx-mail-example-net"]?.inputs).toMatchObject({ content: "mail.example.net", priority: 10 });
    expect(resources["dns-@-caa-issue-letsencrypt-org"]?.inputs.data).toEqual({
      flags: 0,
      tag: "issue",
      value: "letsencrypt.org",
    });
    expect(resources["dns-blog-cname"]?.inputs).toMatchObject({ content: "acme.example.net", ttl: 300 });
  });

  test("routes are published where everybody may use them, and nowhere else", async () => {
    const resources = await resourcesOf(() => {
      const zone = new DnsZone("dns", { domain: "example.org", at: atHetzner() });
      const edge = proxy(
        "edge",
        // A name with a webhook is no secret, whatever else is for the mesh only.
        [open("www.example.org"), mesh("n8n.example.org"), open("n8n.example.org"), mesh("admin.example.org")],
        "203.0.113.10",
        "2001:db8::10",
      );
      const hub = proxy(
        "hub",
        [open("hook.example.org"), open("www.example.com"), open("example.org")],
        "203.0.113.20",
      );
      zone.forRoutes(edge, hub);
    });
    expect(named(resources)).toEqual([
      ...["dns-@-a", "dns-hook-a", "dns-n8n-a", "dns-n8n-aaaa", "dns-www-a", "dns-www-aaaa", "dns-zone"],
    ]);
    expect(resources["dns-hook-a"]?.inputs.records).toEqual([{ value: "203.0.113.20" }]);
  });

  test("names for the mesh only are refused, whichever way they would be given away", () => {
    const edge = proxy("edge", [mesh("n8n.example.org"), open("www.example.org")]);
    const zone = (name: string, hostname: string) =>
      new DnsZone(name, { domain: "example.org", at: atOvh(), records: { [hostname]: { A: "203.0.113.10" } } });
    expect(faultsOf(() => zone("one", "n8n.example.org").forRoutes(edge))).toEqual([
      'records["n8n.example.org"] is for the mesh only, as "edge" has it; such names are never published',
    ]);
    expect(faultsOf(() => zone("two", "*.example.org").forRoutes(edge))).toEqual([
      'records["*.example.org"] answers for n8n.example.org, which is for the mesh only, as "edge" has it; such names are never published',
    ]);
    const later = new DnsZone("three", { domain: "example.org", at: atOvh() }).forRoutes(edge);
    expect(faultsOf(() => later.add("more", { "n8n.example.org": { TXT: "here" } }))).toHaveLength(1);
  });

  test("what is declared twice, or beside a CNAME, is refused with both places", () => {
    const records = { "www.example.org": { CNAME: "example.net" }, "api.example.org": { A: "203.0.113.1" } };
    const zone = new DnsZone("dns", { domain: "example.org", at: atOvh(), records });
    const edge = proxy("edge", [open("www.example.org"), open("api.example.org"), open("new.example.org")]);
    expect(faultsOf(() => zone.forRoutes(edge, proxy("hub", [open("new.example.org")])))).toEqual([
      'forRoutes(edge).records["www.example.org"].A stands beside CNAME of records; a CNAME has nothing beside it',
      `forRoutes(edge).records["api.example.org"].A is declared by records already; a name's records of one type belong together`,
      `forRoutes(hub).records["new.example.org"].A is declared by edge already; a name's records of one type belong together`,
    ]);
  });

  test("certificates are proven by the zone's own account", async () => {
    const options = { email: "ops@example.org" };
    const at = (hoster: Hoster, name: string) => new DnsZone(name, { domain: "example.org", at: hoster });
    expect(dns01(at(atCloudflare(), "one"), options)).toMatchObject({
      kind: "dns01",
      provider: { name: "cloudflare", variables: { CLOUDFLARE_API_TOKEN: "token" } },
    });
    expect(dns01(at(atOvh(), "two"), options)).toMatchObject({
      provider: { name: "ovh", variables: { OVH_ENDPOINT: "ovh-eu", OVH_CONSUMER_KEY: "consumer" } },
    });
    const hetzner = at(atHetzner(), "three").challenge;
    expect(hetzner).toMatchObject({ name: "hetzner", settings: { "": "HCLOUD_TOKEN" } });
    const token = pulumi.output(hetzner.variables.HCLOUD_TOKEN);
    expect(await pulumi.isSecret(token)).toBe(true);
    expect(await new Promise((known) => pulumi.unsecret(token).apply(known))).toBe("t".repeat(64));
  });

  test("faults of domain, hoster and records come together", () => {
    const at = cloudflareZone({ apiToken: "token", accountId: "mine" });
    const records = { "www.example.net": { A: "nonsense", ttl: 5 } };
    expect(faultsOf(() => new DnsZone("dns", { domain: "example", at, records }))).toEqual([
      'domain is "example"; a domain such as example.org is needed',
      'at.accountId is "mine"; 32 hexadecimal digits are needed',
      'records["www.example.net"] is outside the zone; names are written in full, such as www.example',
      'records["www.example.net"].A is "nonsense"; an IPv4 address is needed',
      'records["www.example.net"].ttl is 5; 60 to 86400 seconds are allowed',
    ]);
  });
});

describe("CloudflareWorker", () => {
  const args = { hostname: "location.example.org", script: ipLocation, compatibilityDate: "2026-01-01" };

  test("is a script, a route and a name before which Cloudflare stands", async () => {
    const resources = await resourcesOf(() => {
      const zone = new DnsZone("dns", { domain: "example.org", at: atCloudflare() });
      expect(new CloudflareWorker("location", { zone, ...args }).url).toBe("https://location.example.org");
    });
    expect(resources["location-script"]?.inputs).toMatchObject({ accountId: ACCOUNT, scriptName: "test-location" });
    expect(resources["location-route"]?.inputs).toMatchObject({
      pattern: "location.example.org/*",
      script: "test-location",
    });
    expect(resources["dns-location-aaaa-100"]?.inputs).toMatchObject({ content: "100::", proxied: true });
  });

  test("every fault at once", () => {
    const zone = new DnsZone("dns", { domain: "example.org", at: atOvh() });
    const wrong = { hostname: "location.example.com", path: "no", script: "nothing", compatibilityDate: "today" };
    expect(
      faultsOf(() => new CloudflareWorker("location", { zone, ...wrong })).map((fault) => fault.split(" ")[0]),
    ).toEqual([...["zone", "hostname", "path", "compatibilityDate", "script"]]);
  });
});
