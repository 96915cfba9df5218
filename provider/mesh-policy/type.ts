import { z } from "zod";
import { describeConnection, type HostConnection } from "../host.ts";
import { isDown, parseNodes } from "../mesh-member/look.ts";
import { CLOSED_POLICY } from "../mesh-member/script.ts";
import { asBefore } from "../mesh-member/type.ts";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { host } from "../schema.ts";
import { guarded, settle } from "../transport/guard.ts";
import type { Session } from "../transport/session.ts";
import type { MeshPolicyDocument } from "./resource.ts";
import { makeUsers, OBSERVE, REVERT, SAVE, setPolicy } from "./script.ts";
import { runnableTests, subjectsPresent, testsHold } from "./tests.ts";

export interface MeshPolicyInputs extends HostInputs {
  policy: MeshPolicyDocument;
  users: string[];
  reach: HostConnection[];
}

const GUARD = "mesh-policy";
/** How long a member that is reached through the mesh may take to answer before a change. */
const PATIENCE_SECONDS = 4;
/** How long it takes until members go by a policy: the hub gathers changes for most of a second before it tells them. */
const DELAY_SECONDS = 3;

export interface MeshPolicyState {
  policy: MeshPolicyDocument;
  users: string[];
}

const group = z.string().regex(/^group:[a-z][a-z0-9-]*$/, "a group is needed, such as group:admins");
const tag = z.string().regex(/^tag:[a-z][a-z0-9-]*$/, "a tag is needed, such as tag:core");
const person = z
  .string()
  .regex(/^[^\s@:]+@[^\s@:]*$/, "a person's name with an @ is needed: alice@, or alice@example.org");
const targets = z.array(z.string()).optional();

export const meshPolicyType: ResourceType<MeshPolicyInputs, MeshPolicyState> = {
  token: "quayside:host:MeshPolicy",
  schema: z.strictObject({
    host,
    policy: z.strictObject({
      groups: z.record(group, z.array(person)),
      tagOwners: z.record(tag, z.array(z.string())),
      acls: z.array(
        z.strictObject({
          action: z.literal("accept"),
          proto: z.string().optional(),
          src: z.array(z.string()).min(1),
          dst: z.array(z.string()).min(1),
        }),
      ),
      tests: z.array(z.strictObject({ src: z.string(), proto: z.string(), accept: targets, deny: targets })),
    }),
    users: z
      .array(z.string().regex(/^[a-z][\w.@+-]*$/i, "a user's name"))
      .default([])
      .transform((names) => [...new Set(names)].sort()),
    reach: z.array(host).default([]),
  }) as z.ZodType<MeshPolicyInputs>,
  identity: [],
  settings: ["reach"],
  idOf: () => "mesh-policy",

  async observe(session, inputs, previous) {
    const output = await session.read("read the mesh's policy", OBSERVE);
    return isDown(output) ? asBefore(session, previous) : seen(output, inputs).state;
  },

  async apply(session, inputs, observed, previous) {
    if (observed && isAsWanted(inputs, observed)) return observed;
    if (await settle(session, GUARD)) session.warn("took back a policy that an interrupted run had left unproven");
    const { state: before, users, present } = await look(session, inputs);
    const missing = inputs.users.filter((name) => !users.includes(name));
    if (missing.length > 0) await session.run("make the mesh's users", `set -eu\n${makeUsers(missing)}`);
    const script = setPolicy({ ...inputs.policy, tests: runnableTests(inputs.policy.tests, present) });
    const others = before ? await meshWays(session, [...inputs.reach, ...leaving(inputs, previous)]) : [];
    if (others.length > 0) {
      const what = "the mesh's policy";
      const change = { name: GUARD, what, save: SAVE, change: script, revert: REVERT, delay: DELAY_SECONDS, others };
      await guarded(session, change).catch((error) => {
        throw /headscale|test\(s\) failed/i.test(error.message) ? session.fail(refusal(error.message)) : error;
      });
    } else {
      const result = await session.attempt(`set -eu\n${script}`);
      if (result.code !== 0) throw session.fail(refusal(result.stderr.trim() || result.stdout.trim()));
    }
    const { state } = await look(session, inputs);
    if (state && isAsWanted(inputs, state)) return state;
    throw session.fail(
      "Headscale took the policy but has another one now. Did somebody set one at the same time? Run again.",
    );
  },

  async remove(session, inputs) {
    const [way] = await meshWays(session, inputs.reach);
    if (way) {
      throw session.fail(
        `this deployment comes to ${way.name} through the mesh (${describeConnection(way)}), which nobody could use without a policy. ` +
          "Give that host an address outside the mesh first (and let SSH in there), then remove the mesh.",
      );
    }
    await settle(session, GUARD);
    await session.run("close the mesh", `set -eu\n${setPolicy(JSON.parse(CLOSED_POLICY))}`);
  },
};

function isAsWanted(wanted: MeshPolicyInputs, seen: MeshPolicyState): boolean {
  return (
    JSON.stringify(ordered(wanted.policy)) === JSON.stringify(ordered(seen.policy)) &&
    wanted.users.join() === seen.users.join()
  );
}

/**
 * Members that were there until now: they are still deployed to while they leave. Those behind the hub are not, as a
 * program has nobody behind a hub in the mesh who is no member: they are gone, or reached from outside.
 */
function leaving(inputs: MeshPolicyInputs, previous: MeshPolicyState | undefined): HostConnection[] {
  const { reach } = (previous ?? {}) as Partial<MeshPolicyInputs>;
  return (reach ?? []).filter(
    (way) => way.jump?.name !== inputs.host.name && !inputs.reach.some(({ name }) => name === way.name),
  );
}

/** The ways in that lead through the mesh and work now: a host that is down is no reason to refuse a policy. */
async function meshWays(session: Session, reach: readonly HostConnection[]): Promise<HostConnection[]> {
  // Behind the hub a member may go by its name, which the hub looks up in the mesh.
  const ways = reach.filter(
    ({ address, jump }) => /^(100\.|fd7a:115c:a1e0:)/i.test(address) || jump?.name === session.host.name,
  );
  const working = await Promise.all(
    ways.map((way) =>
      session.prove({ ...way, patience: PATIENCE_SECONDS }).then(
        () => [way],
        () => [],
      ),
    ),
  );
  return working.flat();
}

async function look(session: Session, inputs: MeshPolicyInputs): Promise<Seen> {
  const output = await session.read("read the mesh's policy", OBSERVE);
  return isDown(output) ? asBefore<Seen>(session, undefined) : seen(output, inputs);
}

interface Seen {
  state: MeshPolicyState | undefined;
  users: string[];
  /** Tags and groups that somebody is behind. */
  present: Set<string>;
}

function seen(output: string, inputs: MeshPolicyInputs): Seen {
  const [list = "", nodes = "", encoded = ""] = output.split("\n=\n");
  const users = ((JSON.parse(list) ?? []) as { name: string }[]).map(({ name }) => name);
  const present = subjectsPresent(parseNodes(nodes), inputs.policy.groups);
  const stored = parsePolicy(Buffer.from(encoded.trim(), "base64").toString("utf8"));
  if (!stored) return { state: undefined, users, present };
  const asDeclared = testsHold(stored.tests, inputs.policy.tests, present);
  const policy = { ...stored, tests: asDeclared ? inputs.policy.tests : stored.tests };
  return { state: { policy, users: inputs.users.filter((name) => users.includes(name)) }, users, present };
}

/** A policy that a hand wrote may leave parts out, or be in a dialect of JSON that only Headscale reads: then it is none of ours. */
function parsePolicy(text: string): MeshPolicyDocument | undefined {
  if (text.trim() === "") return undefined;
  const none = { groups: {}, tagOwners: {}, acls: [], tests: [] };
  try {
    return { ...none, ...(JSON.parse(text) as Partial<MeshPolicyDocument>) };
  } catch {
    return none;
  }
}

/** The same policy with its keys in one order; lists keep theirs. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, ordered(item)]),
  );
}

function refusal(said: string): string {
  const lines = said.replace(/^.*rpc error: code = \w+ desc = /s, "").replace(/^setting policy: /, "");
  return `Headscale refuses the policy, and the one before stays in force:\n  ${lines.split("\n").join("\n  ")}\nCorrect the rules that it is made from.`;
}
