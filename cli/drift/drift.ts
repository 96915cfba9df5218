/** What differs between what was deployed and what is there, from `pulumi preview --refresh --json --show-sames`. */
import { type Difference, differencesOf } from "../plan-model/differences.ts";
import { componentOf, hostOf, indexed, type Resources, subjectOf } from "../plan-model/ownership.ts";
import { type Problem, type RawStep, rawSteps, readPreview } from "../plan-model/preview.ts";
import { type RawResource, type Resource, readResource, SECRET } from "../plan-model/resource.ts";
import { AREAS, type Area, areaOf } from "./areas.ts";

export interface Drift {
  /** What is not as it was deployed. */
  drifted: readonly DriftedResource[];
  /** Names of resources that the program wants otherwise than deployed: no drift, but the next `up` changes them. */
  pending: readonly string[];
  /** How many resources were looked at, by area; areas without any are left out. */
  looked: Readonly<Partial<Record<Area, number>>>;
  /** What went wrong; where there is an error, the rest may be incomplete. */
  problems: readonly Problem[];
}

export interface DriftedResource {
  urn: string;
  name: string;
  area: Area;
  /** Undefined for what is on no host. */
  host?: string;
  /** The service, server … that it belongs to. */
  subject: string;
  /** `missing`: it is gone; `changed`: it is otherwise. */
  state: "missing" | "changed";
  /** `from` as deployed, `to` as found. Of a secret only that it is not as declared. */
  differences: readonly Difference[];
}

/** @throws SyntaxError when the text is not what the engine prints. */
export function readDrift(json: string): Drift {
  const byUrn = Map.groupBy(rawSteps(json), ({ urn }) => urn);
  const seen = [...byUrn].flatMap(([, steps]) => seenIn(steps) ?? []);
  const all = indexed(seen.map(({ deployed }) => deployed));
  const looked: Partial<Record<Area, number>> = {};
  const owned = seen.filter(({ deployed }) => deployed.custom && !deployed.type.startsWith("pulumi:"));
  for (const area of AREAS) {
    const count = owned.filter(({ deployed }) => areaOf(deployed.type) === area).length;
    if (count > 0) looked[area] = count;
  }
  const judged = owned.map((resource) => ({ resource, drift: driftOf(resource, all) }));
  const fresh = [...byUrn.values()].filter((steps) => !seenIn(steps) && steps.some(({ op }) => op === "create"));
  return {
    drifted: judged.flatMap(({ drift }) => drift ?? []),
    pending: [
      ...judged
        .filter(({ resource, drift }) => !drift && resource.operation !== "same")
        .map(({ resource }) => resource.deployed.name),
      ...fresh.flatMap(([step]) => (step?.newState?.custom ? [readResource(step.newState).name] : [])),
    ].sort(),
    looked,
    problems: readPreview(json).problems,
  };
}

/** A resource that was deployed, as the engine went over it. */
interface Seen {
  deployed: Resource;
  /** Undefined when it is gone. */
  found?: Resource;
  /** What the program's turn makes of it. */
  operation: string;
  /** Paths that the engine says differ from what is declared. */
  differing: readonly string[];
}

/** First the engine reads a resource (`refresh`), then the program says what it should be. */
function seenIn(steps: readonly RawStep[]): Seen | undefined {
  const before = steps.find(({ op }) => op === "refresh")?.oldState;
  if (!before) return undefined;
  const turn = steps.filter(({ op }) => op !== "refresh");
  const found = turn.find(({ oldState }) => oldState)?.oldState;
  const operation = turn.find(({ op }) => op !== "same")?.op ?? "same";
  const differing = turn.flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {}));
  return { deployed: asFound(before), ...(found && { found: asFound(found) }), operation, differing };
}

/** The inputs of the project's own resources stay as they were declared: what was found of them is in the outputs. */
function asFound(raw: RawResource): Resource {
  const resource = readResource(raw);
  if (!resource.type.startsWith("quayside:")) return resource;
  const inputs = Object.keys(resource.inputs).map((key) => [key, resource.outputs[key] ?? null]);
  return { ...resource, inputs: Object.fromEntries(inputs) };
}

function driftOf({ deployed, found, operation, differing }: Seen, all: Resources): DriftedResource | undefined {
  // What the program takes as it is found (it ignores the property, or says the same by now) is as it should be.
  if (operation === "same" || operation === "delete") return undefined;
  const visible = found ? differencesOf(deployed, found) : [];
  const secret = found ? secretsAmong(differing, deployed) : [];
  if (found && visible.length + secret.length === 0) return undefined;
  const host = hostOf(deployed, all);
  return {
    urn: deployed.urn,
    name: deployed.name,
    area: areaOf(deployed.type),
    ...(host !== undefined && { host }),
    subject: componentOf(deployed, all) ? subjectOf(deployed, all) : deployed.name,
    state: found ? "changed" : "missing",
    differences: [...visible, ...secret],
  };
}

/** Secrets are masked everywhere: of one that is not as declared, nobody can say here whether it was before. */
function secretsAmong(paths: readonly string[], { inputs }: Resource): Difference[] {
  return paths
    .filter((path) => inputs[path.split(/[.[]/)[0] ?? path] === SECRET)
    .map((path) => ({ path, from: SECRET, to: SECRET }));
}
