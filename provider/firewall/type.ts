import type { ResourceType } from "../resource-type.ts";
import { guarded, settle } from "../transport/guard.ts";
import type { Session } from "../transport/session.ts";
import { type Facts, isEnabled, loggingOf, observeScript, parseFacts, policyOf } from "./facts.ts";
import { type FirewallInputs, firewallSchema } from "./rules.ts";
import { changeScript, removeScript, revertScript, saveScript } from "./script.ts";
import { type FirewallState, stateOf, straysOf } from "./state.ts";

const GUARD = "firewall";

export const firewallType: ResourceType<FirewallInputs, FirewallState> = {
  token: "quayside:host:Firewall",
  schema: firewallSchema,
  identity: [],
  idOf: () => "firewall",

  async observe(session, inputs) {
    const facts = await read(session);
    return facts && stateOf(facts, inputs);
  },

  async apply(session, inputs) {
    await settle(session, GUARD);
    const facts = await read(session);
    if (!facts) {
      throw session.fail(
        "UFW is not installed, so there is nothing to set up the firewall with. Declare it before the firewall: " +
          'new Packages(…, { packages: ["ufw"] }).',
      );
    }
    const before = stateOf(facts, inputs);
    if (asDeclared(before, inputs)) return before;
    const strays = inputs.enabled ? straysOf(facts) : [];
    await guarded(session, {
      name: GUARD,
      what: "the firewall",
      save: saveScript,
      change: changeScript({
        inputs,
        strays,
        restart: needsRestart(facts, inputs),
        logging: loggingOf(facts) !== inputs.logging,
      }),
      revert: revertScript(strays),
    });
    const after = await read(session).then((seen) => seen && stateOf(seen, inputs));
    if (after && asDeclared(after, inputs)) return after;
    throw session.fail(
      `the firewall was set up, but the host does not show it: ${after ? difference(after, inputs).join("; ") : "UFW is gone"}. ` +
        "Something else on the host changes its rules.",
    );
  },

  async remove(session) {
    await settle(session, GUARD);
    await session.run("take the firewall's rules away", removeScript);
    session.warn("the firewall is not declared any more: its rules were taken away and it is off now");
  },
};

async function read(session: Session): Promise<Facts | undefined> {
  return parseFacts(await session.read("read the firewall's rules", observeScript));
}

function asDeclared(state: FirewallState, inputs: FirewallInputs): boolean {
  return difference(state, inputs).length === 0;
}

function difference(state: FirewallState, inputs: FirewallInputs): string[] {
  const keys = ["incoming", "outgoing", "routed", "logging", "enabled", "containers"] as const;
  const settings = keys.filter((key) => state[key] !== inputs[key]).map((key) => `${key} is ${state[key]}`);
  const missing = Object.keys(inputs.rules).filter((key) => state.rules[key] === undefined);
  const strays = Object.keys(state.rules).filter((key) => inputs.rules[key] === undefined);
  return [...settings, ...missing.map((key) => `rule "${key}" is missing`), ...strays];
}

/** Rules alone can be exchanged while UFW runs; policies and UFW itself cannot. */
function needsRestart(facts: Facts, inputs: FirewallInputs): boolean {
  return (
    !isEnabled(facts) ||
    facts.settings.get("IPV6") !== "yes" ||
    policyOf(facts, "INPUT") !== inputs.incoming ||
    policyOf(facts, "OUTPUT") !== inputs.outgoing ||
    policyOf(facts, "FORWARD") !== inputs.routed
  );
}
