import { isDeepStrictEqual } from "node:util";
import { withoutGiven } from "./lifecycle.ts";
import {
  type BucketFacts,
  type BucketFeatures,
  type BucketInputs,
  type BucketState,
  FEATURES,
  type Feature,
} from "./model.ts";
import { publicStatements } from "./policy.ts";

/**
 * What was observed, in the words of the inputs. Of what the endpoint does not implement it says what is wanted, as there
 * is nothing that could differ.
 *
 * @param refused what the endpoint took no order for, though it answers questions about it
 */
export function stateOf(inputs: BucketInputs, facts: BucketFacts, refused: readonly Feature[]): BucketState {
  const { bucket, endpoint } = inputs;
  const seen: Partial<BucketFeatures> = { ...facts, publicAccess: publicAccess(inputs, facts) };
  if (seen.lifecycle) seen.lifecycle = withoutGiven(seen.lifecycle, inputs.lifecycle);
  const unsupported = FEATURES.filter((feature) =>
    feature === "publicAccess"
      ? facts.publicBlocked === undefined
      : seen[feature] === undefined || (refused.includes(feature) && isNothing(seen[feature])),
  );
  const said = Object.fromEntries(
    FEATURES.map((feature) => {
      const judged = feature === "publicAccess" || !unsupported.includes(feature);
      return [feature, judged ? seen[feature] : inputs[feature]];
    }),
  ) as unknown as BucketFeatures;
  return { bucket, endpoint, url: `${endpoint}/${bucket}`, unsupported, ...said };
}

/** Where nothing can be blocked as a whole, what policy and ACL say is what counts. */
function publicAccess(inputs: BucketInputs, facts: BucketFacts): boolean {
  if (facts.publicBlocked !== undefined) return !facts.publicBlocked;
  return inputs.publicAccess || facts.publicAcl === true || publicStatements(facts.policy ?? {}).length > 0;
}

/** What has to be set: what differs, and what the endpoint may have learnt since it was refused. */
export function planFeatures(inputs: BucketInputs, observed: BucketState): Feature[] {
  return FEATURES.filter(
    (feature) =>
      !isDeepStrictEqual(inputs[feature], observed[feature]) ||
      (feature !== "publicAccess" && observed.unsupported.includes(feature) && !isNothing(inputs[feature])),
  );
}

/**
 * What a bucket that is taken over has and the program says nothing of: to be shown in a preview before it goes. Nothing
 * that lets everybody in is among it: public access is off unless asked.
 */
export function takenAway(inputs: BucketInputs, observed: BucketState): Feature[] {
  const open = !inputs.publicAccess && publicStatements(observed.policy).length > 0;
  return planFeatures(inputs, observed).filter(
    (feature) => feature !== "publicAccess" && !(feature === "policy" && open) && isNothing(inputs[feature]),
  );
}

/** Whether a feature's value is that of a bucket which was just made. */
export function isNothing(value: BucketFeatures[Feature] | undefined): boolean {
  return value === undefined || value === false || (typeof value === "object" && Object.keys(value).length === 0);
}
