import { PORTS_CHAIN } from "./render.ts";
import type { Logging, Policy } from "./rules.ts";

/** What is on a host, per family. */
export interface FamilyFacts {
  /** Tuples in UFW's file, which is what it loads next time. */
  tuples: string[];
  /** The kernel's chains, rules as iptables-save prints them; undefined where the kernel has no such family. */
  chains: Map<string, { policy: string; rules: string[] }> | undefined;
  /** What is loaded into our chain at boot. */
  portsFile: string;
}

export interface Facts {
  /** UFW's settings: ENABLED, LOGLEVEL, IPV6, DEFAULT_…_POLICY. */
  settings: Map<string, string>;
  families: { 4: FamilyFacts; 6: FamilyFacts };
  /** Whether the unit that loads our chain at boot is enabled. */
  unitEnabled: boolean;
}

const MARK = "== quayside ";
export const PORTS_FOLDER = "/etc/quayside/firewall";
export const PORTS_UNIT = "quayside-container-ports.service";

/** Prints everything that matters, or nothing when UFW is not installed. */
export const observeScript = `command -v ufw >/dev/null || exit 0
mark() { printf '${MARK}%s\\n' "$1"; }
mark settings; cat /etc/ufw/ufw.conf /etc/default/ufw
mark user4; cat /etc/ufw/user.rules
mark user6; cat /etc/ufw/user6.rules
mark kernel4; iptables-save -t filter
mark kernel6; if ip6tables -w -nL INPUT >/dev/null 2>&1; then ip6tables-save -t filter; else echo none; fi
mark ports4; cat ${PORTS_FOLDER}/ports.v4 2>/dev/null || :
mark ports6; cat ${PORTS_FOLDER}/ports.v6 2>/dev/null || :
mark unit; systemctl is-enabled ${PORTS_UNIT} 2>/dev/null || :`;

/** Reads what {@link observeScript} printed. */
export function parseFacts(output: string): Facts | undefined {
  const sections = new Map(
    output
      .split(new RegExp(`^${MARK}`, "m"))
      .slice(1)
      .map((section) => {
        const end = section.indexOf("\n");
        return [section.slice(0, end), section.slice(end + 1)] as const;
      }),
  );
  if (sections.size === 0) return undefined;
  const family = (number: 4 | 6): FamilyFacts => {
    const kernel = sections.get(`kernel${number}`) ?? "";
    return {
      tuples: parseTuples(sections.get(`user${number}`) ?? ""),
      chains: kernel.trim() === "none" ? undefined : parseChains(kernel),
      portsFile: sections.get(`ports${number}`) ?? "",
    };
  };
  return {
    settings: parseSettings(sections.get("settings") ?? ""),
    families: { 4: family(4), 6: family(6) },
    unitEnabled: sections.get("unit")?.trim() === "enabled",
  };
}

function parseSettings(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^([A-Z0-9_]+)=["']?([^"'\n]*)["']?\s*$/gm)].map(([, key = "", value = ""]) => [key, value]),
  );
}

export function parseTuples(rules: string): string[] {
  return [...rules.matchAll(/^### tuple ### (.*)$/gm)].map(([, tuple = ""]) => tuple.trim());
}

export function parseChains(saved: string): Map<string, { policy: string; rules: string[] }> {
  const chains = new Map<string, { policy: string; rules: string[] }>();
  for (const line of saved.split("\n")) {
    const chain = /^:(\S+) (\S+)/.exec(line);
    if (chain) chains.set(chain[1] ?? "", { policy: chain[2] ?? "", rules: [] });
    const rule = /^-A (\S+)/.exec(line);
    if (rule) chains.get(rule[1] ?? "")?.rules.push(line);
  }
  return chains;
}

/** Whether UFW filters now and will after the next boot. */
export function isEnabled(facts: Facts): boolean {
  if (facts.settings.get("ENABLED") !== "yes") return false;
  return ([4, 6] as const).every((family) => {
    const { chains } = facts.families[family];
    const ufw = family === 4 ? "ufw" : "ufw6";
    const has = (chain: string, target: string) => chains?.get(chain)?.rules.includes(`-A ${chain} -j ${target}`);
    return !chains || (has("INPUT", `${ufw}-before-input`) && has(`${ufw}-before-input`, `${ufw}-user-input`));
  });
}

/** The policy in force, or the one that waits in UFW's settings while it is off; the laxer one where families differ. */
export function policyOf(facts: Facts, chain: "INPUT" | "OUTPUT" | "FORWARD"): Policy {
  const configured = POLICIES[facts.settings.get(`DEFAULT_${chain}_POLICY`) ?? ""] ?? "deny";
  if (!isEnabled(facts)) return configured;
  const laxness: Policy[] = ["allow", "reject", "deny"];
  const inForce = ([4, 6] as const).flatMap((family): Policy[] => {
    const { chains } = facts.families[family];
    if (!chains) return [];
    if (chains.get(chain)?.policy === "ACCEPT") return ["allow"];
    const rejecting = chains.get(`${family === 4 ? "ufw" : "ufw6"}-reject-${chain.toLowerCase()}`)?.rules ?? [];
    return [rejecting.length > 0 ? "reject" : "deny"];
  });
  return (
    laxness.find((policy) => inForce.includes(policy) || (policy === "allow" && configured === "allow")) ?? configured
  );
}

const POLICIES: Record<string, Policy> = { DROP: "deny", REJECT: "reject", ACCEPT: "allow" };
export const POLICY_NAMES: Record<Policy, string> = { deny: "DROP", reject: "REJECT", allow: "ACCEPT" };

export function loggingOf(facts: Facts): Logging {
  const level = facts.settings.get("LOGLEVEL") ?? "off";
  return (["low", "medium", "high", "full"] as const).find((one) => one === level) ?? "off";
}

/**
 * Rules in the kernel that open something past the declared ones, where a person would put them by hand: in UFW's
 * chains, straight into INPUT, into DOCKER-USER, or before Docker's own in FORWARD. Jumps to other tools' chains
 * (fail2ban, Tailscale, CrowdSec) are theirs.
 */
export function foreignRules(chains: FamilyFacts["chains"], family: 4 | 6): { chain: string; rule: string }[] {
  const ufw = family === 4 ? "ufw" : "ufw6";
  const rulesOf = (chain: string) => (chains?.get(chain)?.rules ?? []).map((rule) => ({ chain, rule }));
  const forward = rulesOf("FORWARD");
  const docker = forward.findIndex(({ rule }) => rule === "-A FORWARD -j DOCKER-USER");
  const opens = ({ rule }: { rule: string }) => / -j ACCEPT\b/.test(rule) && !/ -m policy /.test(rule);
  return [
    ...rulesOf(`${ufw}-user-output`),
    ...rulesOf(`${ufw}-user-forward`),
    ...rulesOf("INPUT").filter(opens),
    ...forward.slice(0, Math.max(docker, 0)).filter((entry) => opens(entry) && !isOfNewNetwork(entry.rule)),
    ...rulesOf("DOCKER-USER").filter(({ rule }) => {
      if (rule === "-A DOCKER-USER -j RETURN" || rule === `-A DOCKER-USER -j ${PORTS_CHAIN}`) return false;
      return / -j (ACCEPT|RETURN|DROP|REJECT)\b/.test(rule);
    }),
  ];
}

/**
 * While Docker makes a network, that network's rules stand before the guard for a moment, until Docker puts the guard
 * first again. They let in nobody who was not asked: answers, what containers send, and what they tell each other.
 */
function isOfNewNetwork(rule: string): boolean {
  const shape =
    /^-A FORWARD (?:-o (\S+) -m conntrack --ctstate RELATED,ESTABLISHED|-i (\S+) ! -o \2|-i (\S+) -o \3) -j ACCEPT$/;
  const [, ...bridges] = shape.exec(rule) ?? [];
  return bridges.some((bridge) => bridge !== undefined && /^(docker\d+|br-[0-9a-f]{12})$/.test(bridge));
}
