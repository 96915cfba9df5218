import type { Value } from "../engine/values.ts";
import type { ResourceType } from "../resource-type.ts";
import { q } from "../transport/shell.ts";
import { isComposeFile, parseCompose } from "./compose-file.ts";
import { deploy } from "./deploy.ts";
import { parseEnv } from "./env-file.ts";
import { type ComposeProjectInputs, composeProjectSchema, type MountedFile } from "./inputs.ts";
import { look, lookIfInstalled } from "./look.ts";
import { clear, down } from "./script.ts";
import { runningDigests, type Snapshot, serviceStates } from "./snapshot.ts";

export interface ComposeProjectState {
  project: string;
  directory: string;
  compose: Value;
  files: Record<string, MountedFile>;
  env: Record<string, string> | null;
  triggers: string[];
  services: Record<string, { state: string }>;
  digests: Record<string, string>;
}

export const composeProjectType: ResourceType<ComposeProjectInputs, ComposeProjectState> = {
  token: "quayside:host:ComposeProject",
  schema: composeProjectSchema,
  identity: ["project", "directory"],
  settings: ["reload", "pull", "timeout", "trial", "retain"],
  secretOutputs: ["env"],
  idOf: (inputs) => `compose/${inputs.project}`,

  async observe(session, inputs) {
    const snapshot = await lookIfInstalled(session, inputs, inputs.compose);
    if (!snapshot || (snapshot.compose === undefined && snapshot.containers.length === 0)) return undefined;
    return stateOf(inputs, snapshot);
  },

  async apply(session, inputs) {
    await deploy(session, inputs);
    return stateOf(inputs, await look(session, inputs, inputs.compose));
  },

  async remove(session, inputs) {
    const snapshot = await lookIfInstalled(session, inputs, undefined);
    if (snapshot && (snapshot.containers.length > 0 || snapshot.compose !== undefined)) {
      await session.run(`stop ${inputs.project}`, down(inputs, inputs.retain === false));
    }
    const paths = snapshot?.record?.paths ?? ["compose.yaml", ".env", ...Object.keys(inputs.files ?? {})];
    await session.run(`clear ${inputs.directory}`, clear(inputs, paths));
    if (inputs.retain === false) await session.run(`remove ${inputs.directory}`, `rm -rf -- ${q(inputs.directory)}`);
  },
};

function stateOf(inputs: ComposeProjectInputs, snapshot: Snapshot): ComposeProjectState {
  const compose = isComposeFile(inputs.compose) ? inputs.compose : { services: {} };
  return {
    project: inputs.project,
    directory: inputs.directory,
    compose: snapshot.compose === undefined ? null : parseCompose(snapshot.compose),
    files: snapshot.files,
    env: inputs.env && snapshot.env !== undefined ? parseEnv(snapshot.env) : null,
    triggers: snapshot.record?.triggers ?? [],
    services: serviceStates(snapshot, compose),
    digests: runningDigests(snapshot, compose),
  };
}
