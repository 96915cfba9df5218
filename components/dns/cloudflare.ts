// One module each: the package's index loads all of its hundreds.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord.js";
import { Provider } from "@pulumi/cloudflare/provider.js";
import { Zone } from "@pulumi/cloudflare/zone.js";
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../component.ts";
import { cloudflareDns } from "../proxy/acme.ts";
import { type Hoster, type OpenZone, setName, type ZonePlace } from "./hoster.ts";
import type { RecordSet, RecordValue } from "./records.ts";

/** The account, and the zone in it. */
export interface CloudflareZoneOptions {
  /** API token that may edit the zone and its DNS; and Workers with their routes, where there are any. */
  apiToken: pulumi.Input<string>;
  /** Id of the account, 32 hexadecimal digits. */
  accountId: string;
  /** Id of a zone that is there already, and stays when the stack goes. @default the zone is made, and protected */
  zoneId?: string;
  /** The API. @default "https://api.cloudflare.com/client/v4" */
  endpoint?: string;
  /** The zone is for an afternoon: not protected from deletion. @default false */
  ephemeral?: boolean;
}

/** DNS of Cloudflare, in one account. */
export function cloudflareZone(options: CloudflareZoneOptions): Hoster {
  return {
    ttls: { min: 60, max: 86_400 },
    proxies: true,
    aliasOfDomain: true,
    faults: [...idFaults("accountId", options.accountId), ...idFaults("zoneId", options.zoneId)],
    open: (place) => openZone(options, place),
  };
}

function idFaults(property: string, id: string | undefined): Fault[] {
  if (id === undefined || /^[0-9a-f]{32}$/.test(id)) return [];
  return [{ path: `at.${property}`, reason: `is ${JSON.stringify(id)}; 32 hexadecimal digits are needed` }];
}

function openZone(options: CloudflareZoneOptions, { name, domain, parent }: ZonePlace): OpenZone {
  const { accountId, endpoint, ephemeral = false } = options;
  const provider = new Provider(
    `${name}-provider`,
    { apiToken: pulumi.secret(options.apiToken), ...(endpoint && { baseUrl: endpoint }) },
    { parent },
  );
  const zone = options.zoneId
    ? undefined
    : new Zone(`${name}-zone`, { account: { id: accountId }, name: domain }, { parent, provider, protect: !ephemeral });
  const zoneId = zone?.id ?? pulumi.output(options.zoneId ?? "");
  return {
    ...(zone && { nameServers: zone.nameServers }),
    challenge: cloudflareDns({ token: options.apiToken }),
    cloudflare: { accountId, zoneId, options: { provider } },
    publish(_, sets) {
      for (const set of sets) {
        for (const value of set.values) {
          const record = [setName(name, set), value.key].filter(Boolean).join("-");
          const opts = { parent, provider, ...(zone && { deletedWith: zone }) };
          new DnsRecord(record, { zoneId, ...recordOf(set, value) }, opts);
        }
      }
    },
  };
}

/** Cloudflare wants names in full, the parts of some types one by one, and hostnames without the dot at their end. */
function recordOf(
  { hostname: name, type, ttl, proxied }: RecordSet,
  value: RecordValue,
): Omit<DnsRecordArgs, "zoneId"> {
  const { text, parts } = value;
  const common = { name, type, ttl: proxied ? 1 : ttl, proxied };
  if (type === "CAA" || type === "SRV") return { ...common, data: parts?.data ?? {} };
  if (type === "MX") {
    const server = pulumi.output(text).apply((said) => withoutDot(said.split(" ")[1] ?? ""));
    return { ...common, content: server, priority: parts?.priority ?? 0 };
  }
  return { ...common, content: type === "CNAME" ? pulumi.output(text).apply(withoutDot) : text };
}

function withoutDot(name: string): string {
  return name === "." ? name : name.replace(/\.$/, "");
}
