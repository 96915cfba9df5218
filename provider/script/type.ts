import { createHash } from "node:crypto";
import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { host } from "../schema.ts";
import { withInput } from "./compose.ts";

export interface ScriptInputs extends HostInputs {
  observe: string;
  wanted: string;
  apply: string;
  revert?: string;
  input?: Record<string, string>;
}

/** The scripts and their input as they last ran, and in `wanted` what `observe` printed. */
export type ScriptState = Pick<ScriptInputs, "observe" | "wanted" | "apply" | "input">;

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a name of a shell variable is needed");

export const scriptType: ResourceType<ScriptInputs, ScriptState> = {
  token: "quayside:host:Script",
  schema: z.strictObject({
    host,
    observe: z.string().min(1),
    wanted: z.string().transform((text) => text.replace(/\n+$/, "")),
    apply: z.string().min(1),
    revert: z.string().min(1).optional(),
    input: z.record(variable, z.string()).optional(),
  }),
  identity: [],
  settings: ["revert"],
  idOf: (inputs) => `script/${digest(inputs.observe)}`,
  // The same script may be run with different input, each for a thing of its own; and what goes is what `revert` takes away.
  things({ observe, input, ...more }) {
    const revert = "revert" in more ? more.revert : undefined;
    return observe === undefined ? [] : [`script ${digest(JSON.stringify([observe, input, revert]))}`];
  },

  async observe(session, inputs) {
    const printed = await session.read("run the observe script", withInput(inputs.observe, inputs.input));
    return {
      observe: inputs.observe,
      apply: inputs.apply,
      ...(inputs.input && { input: inputs.input }),
      wanted: printed.replace(/\n+$/, ""),
    };
  },

  async apply(session, inputs, observed) {
    if (observed?.wanted === inputs.wanted) return observed;
    await session.run("run the apply script", withInput(inputs.apply, inputs.input));
    const state = (await scriptType.observe(session, inputs, undefined)) as ScriptState;
    if (state.wanted !== inputs.wanted) {
      // With input, what is printed may be made of a secret.
      const shown = inputs.input
        ? "."
        : `:\n  wanted  ${JSON.stringify(inputs.wanted)}\n  printed ${JSON.stringify(state.wanted)}`;
      throw session.fail(
        `the apply script ended well, but what the observe script prints is still not what is wanted${shown}`,
      );
    }
    return state;
  },

  async remove(session, inputs) {
    if (inputs.revert) await session.run("run the revert script", withInput(inputs.revert, inputs.input));
  },
};

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
