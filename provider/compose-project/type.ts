import type { ResourceType } from "../resource-type.ts";
import { type ComposeProjectInputs, composeProjectSchema } from "./inputs.ts";
import type { ComposeProjectState } from "./on-host.ts";

// A preview starts this process too, and only judges inputs: what works on hosts is loaded by the first that does.
const onHost = () => import("./on-host.ts");

export const composeProjectType: ResourceType<ComposeProjectInputs, ComposeProjectState> = {
  token: "quayside:host:ComposeProject",
  schema: composeProjectSchema,
  identity: ["project", "directory"],
  settings: ["reload", "pull", "timeout", "trial", "retain"],
  secretOutputs: ["env"],
  idOf: (inputs) => `compose/${inputs.project}`,

  observe: async (session, inputs) => (await onHost()).observe(session, inputs),
  apply: async (session, inputs) => (await onHost()).apply(session, inputs),
  remove: async (session, inputs) => (await onHost()).remove(session, inputs),
};
