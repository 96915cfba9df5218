/** What a record may say, as the DNS itself has it: shared by the emulated DNS services, which each refuse what is not. */
import { isIPv4, isIPv6 } from "node:net";

/** Types whose values are checked; others are taken as they come. */
const CHECKS: Record<string, { fits: (value: string) => boolean; wanted: string }> = {
  A: { fits: isIPv4, wanted: "an IPv4 address" },
  AAAA: { fits: (value) => isIPv6(value) && !value.includes("%"), wanted: "an IPv6 address" },
  CNAME: { fits: isHostname, wanted: "a hostname" },
  NS: { fits: isHostname, wanted: "a hostname" },
  PTR: { fits: isHostname, wanted: "a hostname" },
  MX: {
    fits: (value) => isMail(value.split(" ")),
    wanted: "a preference and a hostname, such as 10 mail.example.org.",
  },
  SRV: { fits: (value) => isService(value.split(" ")), wanted: "priority, weight, port and target" },
  CAA: { fits: (value) => /^\d{1,3} [a-z0-9]+ "[^"]*"$/.test(value), wanted: 'such as 0 issue "letsencrypt.org"' },
  TXT: {
    fits: (value) => /^"(?:[^"\\]|\\.)*"(?: "(?:[^"\\]|\\.)*")*$/.test(value) && strings(value).every(isShort),
    wanted: "one or many quoted strings of at most 255 characters",
  },
};

/** Why a value cannot be one of this type of record; undefined where it can. */
export function valueFault(type: string, value: string): string | undefined {
  const check = CHECKS[type];
  return check && !check.fits(value) ? `${type} record needs ${check.wanted}` : undefined;
}

/** A name with letters, digits, hyphens and underscores, with or without the dot at its end. */
export function isHostname(name: string): boolean {
  return name.length <= 254 && /^(?=.)([\w](?:[\w-]{0,61}[\w])?\.)*(?:[\w](?:[\w-]{0,61}[\w])?)?\.?$/.test(name);
}

/** A record's own name in its zone: `@`, `www`, `*.apps`, `_sip._tcp`. */
export function isRecordName(name: string): boolean {
  return name === "@" || (name !== "" && !name.endsWith(".") && isHostname(name.replace(/^\*\.?/, "") || "wildcard"));
}

function isMail([preference = "", exchange = "", ...rest]: string[]): boolean {
  return isNumber(preference, 65_535) && exchange !== "" && isHostname(exchange) && rest.length === 0;
}

function isService([priority = "", weight = "", port = "", target = "", ...rest]: string[]): boolean {
  const numbers = [priority, weight, port].every((number) => isNumber(number, 65_535));
  return numbers && target !== "" && isHostname(target) && rest.length === 0;
}

function isNumber(text: string, most: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= most;
}

function strings(value: string): string[] {
  return value.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
}

function isShort(quoted: string): boolean {
  return quoted.slice(1, -1).replace(/\\(\d{3}|.)/g, "x").length <= 255;
}
