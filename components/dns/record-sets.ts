import { createHash } from "node:crypto";
import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { canonicalValue, quoteText } from "../../provider/ovh-dns/values.ts";
import type { Fault } from "../component.ts";
import type { Host } from "../server/host.ts";
import { addressFault } from "./addresses.ts";
import { nameFault, targetFault } from "./hostnames.ts";
import type { RecordSet, Records, RecordsArgs, RecordType, RecordValue } from "./records.ts";

/** What a zone and who hosts it allow. */
export interface SetRules {
  /** `example.org` */
  domain: string;
  /** Seconds for records that say nothing else. */
  ttl: number;
  /** Bounds of what may be said, in seconds. */
  ttls: { min: number; max: number };
  /** Whether the hoster can stand before a name. */
  proxies: boolean;
  /** Whether the domain itself may be another name of something. */
  aliasOfDomain: boolean;
}

type Found = { sets: RecordSet[]; faults: Fault[] };

/** Declared records as sets, and everything that is wrong with them. */
export function recordSets(records: Records, rules: SetRules): Found {
  const found = Object.entries(records).map(([hostname, args]) => setsOfName(hostname, args, rules));
  return { sets: found.flatMap(({ sets }) => sets), faults: found.flatMap(({ faults }) => faults) };
}

/** `records["www.example.org"].CNAME` */
export function recordPath(hostname: string, property = ""): string {
  return `records[${JSON.stringify(hostname)}]${property && `.${property}`}`;
}

function setsOfName(hostname: string, args: RecordsArgs, rules: SetRules): Found {
  const faults: Fault[] = [];
  const wrong = (property: string, reason: string) => faults.push({ path: recordPath(hostname, property), reason });
  const nameIsWrong = nameFault(hostname, rules.domain);
  if (nameIsWrong !== undefined) wrong("", nameIsWrong);
  const common = {
    hostname,
    name: hostname === rules.domain ? "@" : hostname.slice(0, -rules.domain.length - 1),
    ttl: args.ttl ?? rules.ttl,
    proxied: args.proxied ?? false,
  };
  const sets = Object.entries(valuesOf(hostname, args, rules.domain, wrong))
    .filter(([, values]) => values.length > 0)
    .map(([type, values]) => ({ ...common, type: type as RecordType, values }));
  const types = sets.map(({ type }) => type);
  if (types.length === 0) wrong("", "has no records; give it a host, an address or another record");
  if (types.includes("CNAME") && types.length > 1) {
    const others = types.filter((type) => type !== "CNAME").join(", ");
    wrong("CNAME", `stands beside ${others}; another name of something has no records of its own`);
  }
  if (types.includes("CNAME") && hostname === rules.domain && !rules.aliasOfDomain) {
    wrong("CNAME", "is for the domain itself, which has its name servers; give it addresses");
  }
  if (types.includes("SRV") && !/^_[a-z0-9-]+\._[a-z]+\./.test(hostname)) {
    wrong("SRV", `is for a name without a service; one such as _sip._tcp.${rules.domain} is needed`);
  }
  for (const { type, values } of sets) {
    const keys = values.map(({ key }) => key);
    if (new Set(keys).size < keys.length) wrong(type, "has the same value twice");
  }
  const { min, max } = rules.ttls;
  if (!(Number.isInteger(common.ttl) && common.ttl >= min && common.ttl <= max)) {
    wrong("ttl", `is ${common.ttl}; ${min} to ${max} seconds are allowed`);
  }
  if (common.proxied && !rules.proxies) wrong("proxied", "is for zones at Cloudflare only");
  if (common.proxied && types.some((type) => !["A", "AAAA", "CNAME"].includes(type))) {
    wrong("proxied", "is for addresses and CNAME only; Cloudflare cannot stand before other records");
  }
  return { sets, faults };
}

type Wrong = (property: string, reason: string) => void;

function valuesOf(
  hostname: string,
  args: RecordsArgs,
  domain: string,
  wrong: Wrong,
): Record<RecordType, RecordValue[]> {
  const hosts = many(args.host);
  const late = (type: "A" | "AAAA", address: pulumi.Input<string>) => checkedLate(hostname, type, address);
  const addresses = (type: "A" | "AAAA") =>
    many(args[type]).map((address, index): RecordValue => {
      if (typeof address !== "string") return { key: String(index + 1), text: late(type, address) };
      const fault = addressFault(type, address);
      if (fault !== undefined) wrong(type, fault);
      const text = canonicalValue(type, address, domain);
      return { key: slug(text), text };
    });
  const ofHosts = (type: "A" | "AAAA", address: (host: Host) => pulumi.Output<string> | undefined) =>
    hosts.flatMap((host): RecordValue[] => {
      const found = address(host);
      return found ? [{ key: host.name, text: late(type, found) }] : [];
    });
  const target = (property: string, name: string): string => {
    const fault = targetFault(name);
    if (fault !== undefined) wrong(property, fault);
    return `${name.toLowerCase().replace(/\.$/, "")}.`;
  };
  const number = (property: string, value: number, most = 65_535): number => {
    if (!(Number.isInteger(value) && value >= 0 && value <= most))
      wrong(property, `is ${value}; 0 to ${most} are allowed`);
    return value;
  };
  return {
    A: [...ofHosts("A", (host) => host.address), ...addresses("A")],
    AAAA: [...ofHosts("AAAA", (host) => host.address6), ...addresses("AAAA")],
    CNAME: many(args.CNAME).map((name) => ({ key: "", text: target("CNAME", name) })),
    TXT: many(args.TXT).map((text, index): RecordValue => {
      if (text === "") wrong("TXT", "is empty; leave it out, or give it a text");
      const key =
        typeof text === "string" ? createHash("sha256").update(text).digest("hex").slice(0, 8) : `${index + 1}`;
      return { key, text: typeof text === "string" ? quoteText(text) : pulumi.output(text).apply(quoteText) };
    }),
    MX: many(args.MX).map(({ preference, server }): RecordValue => {
      const name = server === "." ? "." : target("MX.server", server);
      const priority = number("MX.preference", preference);
      return { key: slug(name), text: `${priority} ${name}`, parts: { priority } };
    }),
    CAA: many(args.CAA).map(({ tag, value, flags = 0 }): RecordValue => {
      if (!["issue", "issuewild", "iodef"].includes(tag)) {
        wrong("CAA.tag", `is ${JSON.stringify(tag)}; issue, issuewild and iodef are allowed`);
      }
      if (/["\\]/.test(value))
        wrong("CAA.value", `is ${JSON.stringify(value)}; quotes and backslashes are not allowed`);
      const data = { flags: number("CAA.flags", flags, 255), tag, value };
      return { key: slug(`${tag}-${value}`), text: `${flags} ${tag} "${value}"`, parts: { data } };
    }),
    SRV: many(args.SRV).map((location): RecordValue => {
      const name = target("SRV.target", location.target);
      const priority = number("SRV.priority", location.priority);
      const weight = number("SRV.weight", location.weight);
      const port = number("SRV.port", location.port);
      const data = { priority, weight, port, target: name.slice(0, -1) };
      return { key: slug(`${name}${port}`), text: `${priority} ${weight} ${port} ${name}`, parts: { priority, data } };
    }),
  };
}

/** An address that only an apply knows is looked at then. */
function checkedLate(hostname: string, type: "A" | "AAAA", address: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(address).apply((known) => {
    const fault = addressFault(type, known);
    if (fault === undefined) return canonicalValue(type, known, "");
    const remedy = isIP(known) === 0 ? ", or declare A and AAAA by hand" : "";
    throw new pulumi.RunError(`The ${type} record of ${hostname} ${fault}${remedy}.`);
  });
}

function many<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
