import type { ResourceType } from "../resource-type.ts";
import type { Session } from "../transport/session.ts";
import { issuingFaults } from "./certificates.ts";
import { type ProbeInputs, probeSchema } from "./inputs.ts";
import { type Finding, failures, isExposure, report, routesAsFound, tryRoutes } from "./round.ts";

export interface ProbeState {
  routes: Record<string, object>;
  addresses: ProbeInputs["addresses"];
  triggers: string[];
}

const PAUSE_MS = 1000;
/** An exposure is believed when it is seen again: a reload may just be under way. */
const EXPOSED_ROUNDS = 2;

export const probeType: ResourceType<ProbeInputs, ProbeState> = {
  token: "quayside:route:Probe",
  schema: probeSchema,
  identity: [],
  settings: ["container", "issuing", "trust", "patience"],
  idOf: (inputs) => `probe/${Object.keys(inputs.routes)[0] ?? "nothing"}`,
  things: () => [],

  async observe(session, inputs, previous) {
    if (previous === undefined) return undefined;
    const findings = await tryRoutes(session, inputs);
    // A single failure may be the network's; drift is what is still there a moment later.
    const faulty = failures(findings).length > 0;
    return stateOf(inputs, faulty ? await again(session, inputs) : findings, previous.triggers);
  },

  async apply(session, inputs) {
    const deadline = Date.now() + inputs.patience * 1000;
    for (let exposed = 0, shown = ""; ; await pause()) {
      const findings = await tryRoutes(session, inputs);
      const faults = failures(findings);
      if (faults.length === 0) return stateOf(inputs, findings, inputs.triggers);
      exposed = faults.some(isExposure) ? exposed + 1 : 0;
      if (exposed >= EXPOSED_ROUNDS || Date.now() > deadline) {
        throw session.fail(explain(faults, await whyUncertified(session, inputs, faults)));
      }
      const waiting = [...new Set(faults.map(({ name }) => name))].join(", ");
      if (waiting !== shown) session.progress(`waiting for ${waiting}`);
      shown = waiting;
    }
  },

  remove: async () => {},
};

function stateOf(inputs: ProbeInputs, findings: readonly Finding[], triggers: string[]): ProbeState {
  return { routes: routesAsFound(inputs, findings), addresses: inputs.addresses, triggers };
}

async function again(session: Session, inputs: ProbeInputs): Promise<Finding[]> {
  await pause();
  return tryRoutes(session, inputs);
}

/** What is known of certificates that are missing, where nothing answers at all. */
async function whyUncertified(session: Session, inputs: ProbeInputs, faults: readonly Finding[]): Promise<string[]> {
  const silent = faults.some(({ answer: { kind } }) => kind === "unanswered" || kind === "untrusted");
  if (inputs.issuing === undefined || !silent) return [];
  return issuingFaults(session, inputs.issuing, inputs.patience + 60);
}

function explain(faults: readonly Finding[], uncertified: readonly string[]): string {
  const exposed = faults.some(isExposure);
  return [
    exposed
      ? "routes answer those whom they have to refuse. What is deployed serves as it is: close it, then run again:"
      : "routes do not answer as they are declared. What is deployed was left as it is:",
    report(faults),
    ...uncertified,
    exposed
      ? "Does another proxy or an address translation hide who is connected? See the Caddy component's page."
      : uncertified.length > 0
        ? "Caddy goes on trying, less and less often; mend what it names, then run again."
        : "Does DNS lead here (certificates need it), does the firewall let 443 in, does the service run?",
  ].join("\n");
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
