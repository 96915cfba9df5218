import { isIP } from "node:net";
import type { FirewallRule } from "./driver.ts";

/** The table's name in the host's network namespace; nothing on a host manages it. */
export const firewallTable = "quayside_cloud";

type Direction = FirewallRule["direction"];

function portMatch(rule: FirewallRule): string {
  if (rule.protocol !== "tcp" && rule.protocol !== "udp") return "";
  if (rule.port === undefined || rule.port === "any" || rule.port === "") return `meta l4proto ${rule.protocol} `;
  if (!/^\d{1,5}(-\d{1,5})?$/.test(rule.port)) throw new Error(`"${rule.port}" is not a port or a range of ports`);
  return `${rule.protocol} dport ${rule.port} `;
}

function protocolMatch(rule: FirewallRule): string {
  switch (rule.protocol) {
    case "icmp":
      return "meta l4proto { icmp, ipv6-icmp } ";
    case "esp":
    case "gre":
      return `meta l4proto ${rule.protocol} `;
    default:
      return portMatch(rule);
  }
}

/** Matches one address or network; everywhere (`/0`) is a match of the family, as nft has no empty prefix. */
function addressMatch(side: "saddr" | "daddr", cidr: string): string {
  const [address = "", prefix] = cidr.split("/");
  const family = isIP(address);
  const bits = prefix === undefined ? undefined : Number(prefix);
  const limit = family === 4 ? 32 : 128;
  if (family === 0 || (bits !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= limit))) {
    throw new Error(`"${cidr}" is not an address or a network in CIDR notation`);
  }
  if (bits === 0) return `meta nfproto ipv${family} `;
  return `${family === 4 ? "ip" : "ip6"} ${side} ${cidr} `;
}

function ruleLines(rules: FirewallRule[], direction: Direction): string[] {
  const side = direction === "in" ? "saddr" : "daddr";
  return rules
    .filter((rule) => rule.direction === direction)
    .flatMap((rule) => {
      const addresses = direction === "in" ? rule.sourceIps : rule.destinationIps;
      const matches = addresses.length === 0 ? [""] : addresses.map((address) => addressMatch(side, address));
      return matches.map((match) => `${match}${protocolMatch(rule)}accept`);
    });
}

function chain(name: string, hook: string, direction: Direction, rules: FirewallRule[]): string {
  const interfaceMatch = direction === "in" ? "iifname" : "oifname";
  const lines = [
    `type filter hook ${hook}; policy accept;`,
    // Cloud firewalls guard the public interface; private networks are not filtered.
    `${interfaceMatch} != $public accept`,
    "ct state established,related accept",
    "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept",
    ...ruleLines(rules, direction),
    "drop",
  ];
  return `  chain ${name} {\n${lines.map((line) => `    ${line}\n`).join("")}  }\n`;
}

/**
 * An nft script that replaces the cloud firewall in a host's network namespace in one transaction. It expects the name
 * of the public interface as `$public`: only the host knows it, as networks come and go.
 *
 * It looks at packets before any address translation on their way in and after it on their way out, so ports that the
 * host's Docker publishes are judged as the cloud would: by what is on the wire. As at the cloud, inbound traffic is
 * denied unless a rule allows it, and outbound traffic is allowed unless there are outbound rules.
 *
 * @param rules - `null` removes the firewall
 * @throws Error naming a port or address that is none
 */
export function firewallScript(rules: FirewallRule[] | null): string {
  const removal = `table inet ${firewallTable} {}\ndelete table inet ${firewallTable}\n`;
  if (rules === null) return removal;
  const inbound = chain("inbound", "prerouting priority mangle", "in", rules);
  const outbound = rules.some((rule) => rule.direction === "out")
    ? chain("outbound", "postrouting priority srcnat + 50", "out", rules)
    : "";
  return `${removal}table inet ${firewallTable} {\n${inbound}${outbound}}\n`;
}
