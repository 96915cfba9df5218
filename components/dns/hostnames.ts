import { isIP } from "node:net";

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Why a name cannot be one in the zone; undefined where it can. */
export function nameFault(hostname: string, domain: string): string | undefined {
  if (hostname !== hostname.toLowerCase()) return "has capitals; names are written in small letters";
  if (hostname.endsWith(".")) return "ends with a dot; leave that out";
  if (hostname !== domain && !hostname.endsWith(`.${domain}`)) {
    return `is outside the zone; names are written in full, such as www.${domain}`;
  }
  const labels = hostname.split(".");
  const wrong = labels.find((label, index) => !LABEL.test(label) && !(label === "*" && index === 0));
  if (wrong !== undefined)
    return `has the part ${JSON.stringify(wrong)}; letters, digits and hyphens, at most 63, are allowed`;
  return hostname.length > 253 ? `has ${hostname.length} characters; at most 253 are allowed` : undefined;
}

/** Why something cannot be pointed to by name; undefined where it can. */
export function targetFault(name: string): string | undefined {
  if (isIP(name) !== 0) return `is ${JSON.stringify(name)}, an address; a hostname is needed`;
  const labels = name.toLowerCase().replace(/\.$/, "").split(".");
  const fits = labels.length > 1 && labels.every((label) => LABEL.test(label));
  return fits ? undefined : `is ${JSON.stringify(name)}; a hostname in full, such as mail.example.org, is needed`;
}

/** Why something cannot be a zone; undefined where it can. */
export function domainFault(domain: string): string | undefined {
  const labels = domain.split(".");
  const fits = labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "");
  return fits ? undefined : `is ${JSON.stringify(domain)}; a domain such as example.org is needed`;
}

/** Whether a published name answers for another one: itself, or every name of its kind. */
export function covers(published: string, hostname: string): boolean {
  if (published === hostname) return true;
  return published.startsWith("*.") && hostname.endsWith(published.slice(1)) && hostname !== published.slice(2);
}
