import { ANYWHERE, type Family } from "./address.ts";
import { type Action, type Rule, sources } from "./rules.ts";

/** The chain of ours that DOCKER-USER jumps to. */
export const PORTS_CHAIN = "quayside-ports";

/** One declared rule for one family and one source: what UFW writes down for it, and what the kernel gets. */
export interface Entry {
  key: string;
  family: Family;
  /** `allow tcp 443 0.0.0.0/0 any 0.0.0.0/0 in comment=…` */
  tuple: string;
  /** Lines of UFW's own chain. */
  host: string[];
  /** Lines of the chain for containers' published ports. */
  ports: string[];
}

/** Refusals first, so that an opening cannot undo them; limits last, so that an opening exempts from them. */
const RANK: Record<Action, number> = { deny: 0, reject: 0, allow: 1, limit: 2 };

/** Declared rules in the order in which they count. */
export function entries(rules: Record<string, Rule>): Entry[] {
  return Object.entries(rules)
    .sort(([a, one], [b, other]) => RANK[one.action] - RANK[other.action] || (a < b ? -1 : 1))
    .flatMap(([key, rule]) =>
      families(rule).flatMap((family) => splitRange(rule).flatMap((one) => entriesOf(key, one, family))),
    );
}

function families(rule: Rule): Family[] {
  return ([4, 6] as const).filter((family) => sources(rule.from, family).length > 0);
}

/** UFW knows no port range for any protocol: it would read such a tuple as "every port". */
function splitRange(rule: Rule): Rule[] {
  if (rule.protocol !== "any" || !rule.port?.includes(":")) return [rule];
  return [
    { ...rule, protocol: "tcp" },
    { ...rule, protocol: "udp" },
  ];
}

function entriesOf(key: string, rule: Rule, family: Family): Entry[] {
  return sources(rule.from, family).map((source) => {
    const from = source === "any" || source === ANYWHERE[family] ? undefined : source;
    return {
      key,
      family,
      tuple: tuple(rule, family, from),
      host: matches(rule, from, "--dport").flatMap((match) => hostLines(rule.action, match, family)),
      ports: matches(rule, from, "--ctorigdstport").flatMap((match) => portLines(rule.action, match)),
    };
  });
}

function tuple(rule: Rule, family: Family, from: string | undefined): string {
  const anywhere = ANYWHERE[family];
  const direction = rule.interface === undefined ? "in" : `in_${rule.interface}`;
  const comment = Buffer.from(rule.comment, "utf8").toString("hex");
  return `${rule.action} ${rule.protocol} ${rule.port ?? "any"} ${anywhere} any ${from ?? anywhere} ${direction} comment=${comment}`;
}

interface Match {
  text: string;
  protocol: Rule["protocol"];
}

/** As UFW writes it: a rule for any protocol on a port is one line for TCP and one for UDP. */
function matches(rule: Rule, from: string | undefined, portOption: "--dport" | "--ctorigdstport"): Match[] {
  const protocols = rule.port !== undefined && rule.protocol === "any" ? (["tcp", "udp"] as const) : [rule.protocol];
  return protocols.map((protocol) => {
    const words = [
      ...(rule.interface === undefined ? [] : ["-i", rule.interface]),
      ...(protocol === "any" ? [] : ["-p", protocol]),
      ...(rule.port === undefined ? [] : portMatch(rule.port, portOption)),
      ...(from === undefined ? [] : ["-s", from]),
    ];
    return { text: words.join(" "), protocol };
  });
}

function portMatch(port: string, option: "--dport" | "--ctorigdstport"): string[] {
  if (option === "--ctorigdstport") return ["-m", "conntrack", option, port];
  return port.includes(":") ? ["-m", "multiport", "--dports", port] : [option, port];
}

function hostLines(action: Action, { text, protocol }: Match, family: Family): string[] {
  const ufw = family === 4 ? "ufw" : "ufw6";
  const line = (rest: string) => `-A ${ufw}-user-input ${text}${text ? " " : ""}${rest}`;
  const recent = "-m conntrack --ctstate NEW -m recent";
  switch (action) {
    case "allow":
      return [line("-j ACCEPT")];
    case "deny":
      return [line("-j DROP")];
    case "reject":
      return [line(protocol === "tcp" ? "-j REJECT --reject-with tcp-reset" : "-j REJECT")];
    case "limit":
      return [
        line(`${recent} --set`),
        line(`${recent} --update --seconds 30 --hitcount 6 -j ${ufw}-user-limit`),
        line(`-j ${ufw}-user-limit-accept`),
      ];
  }
}

/** What is let through returns to Docker's own chains, which still keep networks apart. */
function portLines(action: Action, { text }: Match): string[] {
  const line = (rest: string) => `-A ${PORTS_CHAIN} ${text} ${rest}`;
  const recent = "-m conntrack --ctstate NEW -m recent";
  switch (action) {
    case "allow":
      return [line("-j RETURN")];
    case "deny":
    case "reject":
      return [line("-j DROP")];
    case "limit":
      return [
        line(`${recent} --name ${PORTS_CHAIN} --set`),
        line(`${recent} --name ${PORTS_CHAIN} --update --seconds 30 --hitcount 6 -j DROP`),
        line("-j RETURN"),
      ];
  }
}

/** What stands between `### RULES ###` and `### END RULES ###` in UFW's user.rules (or user6.rules). */
export function userRules(all: Entry[], family: Family): string {
  const own = all.filter((entry) => entry.family === family);
  return `${own.map((entry) => `\n### tuple ### ${entry.tuple}\n${entry.host.join("\n")}\n`).join("")}\n`;
}

/**
 * The whole of our chain. DOCKER-USER sees packets after their destination was rewritten, so a rule's port is held
 * against the port that the connection was made to. What containers send is Docker's business; what comes to them from
 * elsewhere needs a rule, published or routed straight to their address.
 */
export function portsChain(all: Entry[], family: Family, containerInterfaces: readonly string[]): string[] {
  const line = (rest: string) => `-A ${PORTS_CHAIN} ${rest}`;
  return [
    line("-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"),
    ...containerInterfaces.map((name) => line(`-i ${name} -j RETURN`)),
    ...all.filter((entry) => entry.family === family).flatMap((entry) => entry.ports),
    ...containerInterfaces.map((name) => line(`-o ${name} -j DROP`)),
    line("-m conntrack --ctstate DNAT -j DROP"),
  ];
}

/** Input of `iptables-restore --noflush`: fills our chain in one step and touches no other. */
export function portsFile(lines: readonly string[]): string {
  return `*filter\n:${PORTS_CHAIN} - [0:0]\n${lines.join("\n")}\nCOMMIT\n`;
}
