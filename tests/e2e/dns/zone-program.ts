import { component } from "../harness/component-program.ts";

/** What differs from one deployment to the next. */
export interface ZoneOptions {
  /** Hostnames of public routes of the proxy `edge`, on `core`. */
  open: readonly string[];
  /** IPv4 address of `core`. @default "203.0.113.10" */
  core?: string;
  /** More records, as in the program. */
  records?: string;
  /** Statements after the zone. */
  more?: string;
}

/** A zone at some hoster, with the routes of two proxies, one of which is for the mesh only. */
export function zoneProgram(at: string, options: ZoneOptions): string {
  const { open, core = "203.0.113.10", records = "", more = "" } = options;
  return `
    import { cloudflareZone } from ${component("dns/cloudflare.ts")};
    import { hetznerZone } from ${component("dns/hetzner.ts")};
    import { ipLocation } from ${component("dns/ip-location.ts")};
    import { ovhZone } from ${component("dns/ovh.ts")};
    import { CloudflareWorker } from ${component("dns/worker.ts")};
    import { DnsZone } from ${component("dns/zone.ts")};
    import { ExistingServer } from ${component("server/existing-server.ts")};
    import { HetznerCloud } from ${component("server/hetzner-cloud.ts")};
    const core = new ExistingServer("core", { address: ${JSON.stringify(core)}, address6: "2001:DB8::10" });
    const hub = new ExistingServer("hub", { address: "203.0.113.20" });
    const zone = new DnsZone("dns", { domain: "example.org", at: ${at}, records: {
      "example.org": { host: core, TXT: "v=spf1 -all", MX: { preference: 10, server: "mail.example.net" } },
      "blog.example.org": { CNAME: "acme.example.net", ttl: 300 },
      ${records}
    } });
    const open = (hostname) => ({ hostname, access: "public" });
    zone.forRoutes(
      { name: "edge", host: core, routes: [
        ...${JSON.stringify(open)}.map(open), { hostname: "secret.example.org", access: "mesh" }, open("www.example.com"),
      ] },
      { name: "hub-edge", host: hub, routes: [open("hook.example.org")] },
    );
    ${more}`;
}

/** What is published for the program with the one route `www`, as `name type value`. */
export const PUBLISHED = [
  "@ A 203.0.113.10",
  "@ AAAA 2001:db8::10",
  "@ MX 10 mail.example.net.",
  '@ TXT "v=spf1 -all"',
  "blog CNAME acme.example.net.",
  "hook A 203.0.113.20",
  "www A 203.0.113.10",
  "www AAAA 2001:db8::10",
];
