/** Which cloud firewalls hold for a server, and what they come to together. */
import type { FirewallRule } from "../hosts/driver.ts";
import { labelSelector } from "./labels.ts";
import type { FirewallRecord, ServerRecord, State } from "./state.ts";

function holdsFor(firewall: FirewallRecord, server: ServerRecord): boolean {
  return (
    firewall.servers.includes(server.id) ||
    firewall.selectors.some((selector) => labelSelector(selector)(server.labels))
  );
}

export function firewallsOf(state: State, server: ServerRecord): FirewallRecord[] {
  return Object.values(state.firewalls).filter((firewall) => holdsFor(firewall, server));
}

export function appliedServers(state: State, firewall: FirewallRecord): number[] {
  return Object.values(state.servers)
    .filter((server) => holdsFor(firewall, server))
    .map((server) => server.id);
}

/**
 * All rules of all firewalls of a server: what any of them allows is allowed.
 *
 * @returns `null` when no firewall holds for it; an empty list lets nothing in.
 */
export function mergedRules(state: State, server: ServerRecord): FirewallRule[] | null {
  const firewalls = firewallsOf(state, server);
  if (firewalls.length === 0) return null;
  const rules = firewalls
    .flatMap((firewall) => firewall.rules)
    .map((rule): FirewallRule => {
      const { direction, protocol, source_ips: sourceIps, destination_ips: destinationIps } = rule;
      const port = rule.port === null ? {} : { port: rule.port };
      return { direction, protocol, sourceIps, destinationIps, ...port };
    });
  const texts = rules.map((rule) => JSON.stringify(rule));
  return rules.filter((_, index) => texts.indexOf(texts[index] ?? "") === index);
}
