import type { Family } from "./address.ts";
import { type Facts, foreignRules, isEnabled, loggingOf, policyOf } from "./facts.ts";
import { type Entry, entries, PORTS_CHAIN, portsChain, portsFile } from "./render.ts";
import type { FirewallInputs, Logging, Policy, Rule } from "./rules.ts";
import { signature } from "./signature.ts";

/** A rule that is not declared, as it is reported; `rule` is what iptables or UFW call it. */
export interface StrayRule {
  rule: string;
}

export interface FirewallState {
  rules: Record<string, Rule | StrayRule>;
  incoming: Policy;
  outgoing: Policy;
  routed: Policy;
  logging: Logging;
  enabled: boolean;
  containers: string;
  containerInterfaces: string[];
}

/** A rule in the kernel that has to go, as arguments of `iptables -D`. */
export interface Stray {
  family: Family;
  rule: string;
}

/** What the facts mean in the words of the inputs. Pure. */
export function stateOf(facts: Facts, inputs: FirewallInputs): FirewallState {
  const all = entries(inputs.rules);
  const missing = new Set(all.filter((entry) => !isThere(facts, entry, inputs)).map((entry) => entry.key));
  const declared = Object.fromEntries(Object.entries(inputs.rules).filter(([key]) => !missing.has(key)));
  const strays = [...strayTuples(facts, all), ...strayRules(facts, all, inputs)];
  const rules: Record<string, Rule | StrayRule> = { ...declared };
  for (const stray of new Set(strays)) rules[`not declared: ${stray}`] = { rule: stray };
  if (strays.length === 0 && missing.size === 0 && inputs.enabled && !inOrder(facts, all)) {
    rules["not declared: the order of the rules"] = { rule: "another order than the declared one" };
  }
  return {
    rules,
    incoming: policyOf(facts, "INPUT"),
    outgoing: policyOf(facts, "OUTPUT"),
    routed: policyOf(facts, "FORWARD"),
    logging: loggingOf(facts),
    enabled: isEnabled(facts),
    containers: containersOf(facts, all, inputs),
    containerInterfaces: inputs.containerInterfaces,
  };
}

/** Rules in the kernel, outside of the chains that are filled as a whole, that the declaration does not know. */
export function straysOf(facts: Facts): Stray[] {
  return ([4, 6] as const).flatMap((family) =>
    foreignRules(facts.families[family].chains, family)
      .filter(({ chain }) => !chain.startsWith("ufw"))
      .map(({ rule }) => ({ family, rule })),
  );
}

function userChain(facts: Facts, family: Family): string[] {
  const name = family === 4 ? "ufw-user-input" : "ufw6-user-input";
  return (facts.families[family].chains?.get(name)?.rules ?? []).map(signature);
}

/** In UFW's file, and, where it filters, in the kernel. */
function isThere(facts: Facts, entry: Entry, inputs: FirewallInputs): boolean {
  const family = facts.families[entry.family];
  if (!family.chains) return true;
  if (!family.tuples.includes(entry.tuple)) return false;
  if (!inputs.enabled || !isEnabled(facts)) return true;
  const loaded = new Set(userChain(facts, entry.family));
  return entry.host.every((line) => loaded.has(signature(line)));
}

function inOrder(facts: Facts, all: Entry[]): boolean {
  if (!isEnabled(facts)) return true;
  return ([4, 6] as const).every((family) => {
    if (!facts.families[family].chains) return true;
    const own = all.filter((entry) => entry.family === family);
    const wanted = own.flatMap((entry) => entry.host).map(signature);
    const tuples = own.map((entry) => entry.tuple);
    return (
      wanted.join("\n") === userChain(facts, family).join("\n") &&
      tuples.join("\n") === facts.families[family].tuples.join("\n")
    );
  });
}

function strayTuples(facts: Facts, all: Entry[]): string[] {
  const known = new Set(all.map((entry) => `${entry.family} ${entry.tuple}`));
  return ([4, 6] as const).flatMap((family) =>
    facts.families[family].tuples.filter((tuple) => !known.has(`${family} ${tuple}`)).map(describeTuple),
  );
}

/** `allow 1234/tcp`, as `ufw` would have been told. */
export function describeTuple(tuple: string): string {
  const words = tuple.replace(/ comment=\S+$/, "").split(" ");
  const [action = "", protocol = "", port = "", to = "", , from = ""] = words;
  const direction = words.at(-1) ?? "in";
  const anywhere = (network: string) => network === "0.0.0.0/0" || network === "::/0";
  return [
    `ufw ${action.replace("route:", "route ")}`,
    ...(direction === "in" ? [] : [direction.replace("!", " ").replaceAll("_", " on ")]),
    ...(anywhere(from) ? [] : [`from ${from}`]),
    ...(anywhere(to) ? [] : [`to ${to}`]),
    `${port === "any" ? "any port" : port}${protocol === "any" ? "" : `/${protocol}`}`,
  ].join(" ");
}

/** What only the kernel knows: rules put in with iptables, past UFW. */
function strayRules(facts: Facts, all: Entry[], inputs: FirewallInputs): string[] {
  if (!inputs.enabled) return [];
  return ([4, 6] as const).flatMap((family) => {
    const { chains, tuples } = facts.families[family];
    if (!chains) return [];
    const iptables = family === 4 ? "iptables" : "ip6tables";
    const known = new Set(all.filter((entry) => entry.family === family).flatMap((entry) => entry.host.map(signature)));
    const input = chains.get(family === 4 ? "ufw-user-input" : "ufw6-user-input")?.rules ?? [];
    const extra = input.filter((rule) => !known.has(signature(rule)));
    // Whatever UFW's own file has too much was reported by its name there; its rules in the kernel go with it.
    const declaredTuples = new Set(all.filter((entry) => entry.family === family).map((entry) => entry.tuple));
    const explained = tuples.some((tuple) => !declaredTuples.has(tuple));
    const foreign = foreignRules(chains, family).filter(({ chain }) => !(explained && chain.startsWith("ufw")));
    return [...(explained ? [] : extra), ...foreign.map(({ rule }) => rule)].map((rule) => `${iptables} ${rule}`);
  });
}

function containersOf(facts: Facts, all: Entry[], inputs: FirewallInputs): string {
  const guards = ([4, 6] as const).flatMap((family) => {
    const { chains, portsFile: kept } = facts.families[family];
    if (!chains) return [];
    const lines = portsChain(all, family, inputs.containerInterfaces);
    const loaded = (chains.get(PORTS_CHAIN)?.rules ?? []).map(signature).join("\n");
    const first = (chains.get("DOCKER-USER")?.rules ?? []).indexOf(`-A DOCKER-USER -j ${PORTS_CHAIN}`);
    const returns = (chains.get("DOCKER-USER")?.rules ?? []).indexOf("-A DOCKER-USER -j RETURN");
    const jumps = first >= 0 && (returns < 0 || first < returns);
    return [
      jumps && loaded === lines.map(signature).join("\n") && kept === portsFile(lines) && facts.unitEnabled,
      jumps || chains.has(PORTS_CHAIN) || kept !== "" || facts.unitEnabled,
    ];
  });
  const whole = guards.filter((_, index) => index % 2 === 0);
  const partly = guards.filter((_, index) => index % 2 === 1);
  if (whole.every(Boolean)) return "guarded";
  return partly.some(Boolean) ? "guarded in part" : "unguarded";
}
