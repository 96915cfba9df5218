import type { DnsName } from "./platform.ts";
import { type Resource, UNKNOWN } from "./resource.ts";

/** Types of records, by provider, that publish a name; texts (TXT, CAA …) publish none. */
const PUBLISHING = new Set(["A", "AAAA", "CNAME", "ALIAS", "MX", "SRV", "HTTPS"]);

/** The names that a stack publishes, at whichever DNS provider. */
export function dnsNamesOf(resources: readonly Resource[]): DnsName[] {
  const found = resources.flatMap((resource): DnsName[] => {
    if (resource.type === "quayside:ovh:DnsRecords") return setsOf(resource);
    if (!/(zoneRrset|zoneRecord|dnsRecord|:record:|DnsRecord|dns:)/i.test(resource.type) || !resource.custom) return [];
    const { inputs } = resource;
    const type = inputs["type"] ?? inputs["recordType"] ?? inputs["fieldType"];
    const name = inputs["name"] ?? inputs["subDomain"] ?? inputs["subdomain"];
    if (typeof type !== "string" || !PUBLISHING.has(type) || typeof name !== "string") return [];
    const values = valuesOf(inputs);
    return [{ name: full(name, inputs["zone"]), type, ...(values && { values }) }];
  });
  return found.sort((a, b) => (`${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1));
}

/** Many sets in one resource, by name and type: `www A`. */
function setsOf({ inputs }: Resource): DnsName[] {
  const { records, zone } = inputs;
  if (typeof records !== "object" || records === null) return [];
  return Object.entries(records as Record<string, Readonly<Record<string, unknown>>>).flatMap(
    ([key, set]): DnsName[] => {
      const [name = "", type = ""] = key.split(" ");
      const values = valuesOf(set);
      return PUBLISHING.has(type) ? [{ name: full(name, zone), type, ...(values && { values }) }] : [];
    },
  );
}

function full(name: string, zone: unknown): string {
  if (typeof zone !== "string" || zone === UNKNOWN || !zone.includes(".")) return name;
  const apex = zone.replace(/\.$/, "");
  if (name === "@" || name === "") return apex;
  return name === apex || name.endsWith(`.${apex}`) ? name : `${name}.${apex}`;
}

function valuesOf(inputs: Readonly<Record<string, unknown>>): string[] | undefined {
  const given = inputs["records"] ?? inputs["values"] ?? inputs["content"] ?? inputs["value"] ?? inputs["target"];
  const values = (Array.isArray(given) ? given : given === undefined ? [] : [given]).map((item) =>
    String(typeof item === "object" && item !== null && "value" in item ? item.value : item),
  );
  return values.length === 0 || values.includes(UNKNOWN) ? undefined : values;
}
