/** Values of records in one form each, so that what an API says differently is not taken for a difference. */

/**
 * A record's value in canonical form: names in full with their dot, addresses in their short form, text quoted.
 *
 * @param zone that names without a dot at their end are in
 */
export function canonicalValue(type: string, value: string, zone: string): string {
  const words = value.trim().split(/\s+/);
  switch (type) {
    case "AAAA":
      return canonicalIpv6(value.trim());
    case "CNAME":
    case "NS":
    case "PTR":
      return fullName(value.trim(), zone);
    case "MX":
      return [...words.slice(0, -1), fullName(words.at(-1) ?? "", zone)].join(" ");
    case "SRV":
      return [...words.slice(0, -1), fullName(words.at(-1) ?? "", zone)].join(" ");
    case "CAA":
      return `${words.slice(0, 2).join(" ")} "${words.slice(2).join(" ").replace(/^"|"$/g, "")}"`;
    case "TXT":
      return quoteText(plainText(value.trim()));
    default:
      return value.trim();
  }
}

function canonicalIpv6(address: string): string {
  try {
    return new URL(`http://[${address}]/`).hostname.slice(1, -1);
  } catch {
    return address;
  }
}

/** `www` in example.org is `www.example.org.` */
function fullName(name: string, zone: string): string {
  const lower = name.toLowerCase();
  if (lower.endsWith(".")) return lower;
  return lower === "@" || lower === "" ? `${zone}.` : `${lower}.${zone}.`;
}

/** Text as a zone file has it: quoted strings of at most 255 bytes. */
export function quoteText(text: string): string {
  const parts: string[] = [];
  let part = "";
  for (const character of text) {
    if (Buffer.byteLength(part + character) > 255) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part].map((it) => `"${it.replace(/["\\]/g, "\\$&")}"`).join(" ");
}

/** What quoted strings say together; text without quotes is itself. */
function plainText(value: string): string {
  if (!value.startsWith('"')) return value;
  const strings = value.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return strings.map((string) => string.slice(1, -1).replace(/\\(.)/g, "$1")).join("");
}
