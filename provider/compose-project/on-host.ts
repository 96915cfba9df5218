import { setTimeout as pause } from "node:timers/promises";
import type { Value } from "../engine/values.ts";
import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";
import { isComposeFile } from "./compose-file.ts";
import { parseCompose } from "./compose-yaml.ts";
import { deploy } from "./deploy.ts";
import { down } from "./docker-script.ts";
import { parseEnv } from "./env-file.ts";
import { clear } from "./folder-script.ts";
import { foldersAsTheyAre } from "./folders.ts";
import type { ComposeProjectInputs, DataFolder, MountedFile } from "./inputs.ts";
import { look, lookIfInstalled } from "./look.ts";
import { startedElsewhere } from "./others.ts";
import { isEnvOurs } from "./plan.ts";
import { containerState, runningDigests, type Snapshot, serviceStates } from "./snapshot.ts";

export interface ComposeProjectState {
  project: string;
  directory: string;
  compose: Value;
  files: Record<string, MountedFile>;
  folders: Record<string, DataFolder>;
  env: Record<string, string>;
  triggers: string[];
  services: Record<string, { state: string }>;
  digests: Record<string, string>;
}

export async function observe(
  session: Session,
  inputs: ComposeProjectInputs,
): Promise<ComposeProjectState | undefined> {
  const snapshot = await lookWhenStarted(session, inputs);
  if (!snapshot || (snapshot.compose === undefined && snapshot.containers.length === 0)) return undefined;
  return stateOf(inputs, snapshot);
}

const POLL_MS = 1000;
const STARTED_WITHIN_MS = 60_000;

/**
 * A container whose health check has not judged it yet is neither well nor unwell. A host that has just booted is full of
 * them, and to call that drift would have a repair restart what is about to serve.
 */
async function lookWhenStarted(session: Session, inputs: ComposeProjectInputs): Promise<Snapshot | undefined> {
  const deadline = Date.now() + STARTED_WITHIN_MS;
  for (;;) {
    const snapshot = await lookIfInstalled(session, inputs, inputs.compose);
    const isStarting = snapshot?.containers.some((container) => containerState(container, false) === "starting");
    if (!isStarting || Date.now() > deadline) return snapshot;
    await pause(POLL_MS);
  }
}

export async function apply(session: Session, inputs: ComposeProjectInputs): Promise<ComposeProjectState> {
  await deploy(session, inputs);
  return stateOf(inputs, await look(session, inputs, inputs.compose));
}

export async function remove(session: Session, inputs: ComposeProjectInputs): Promise<void> {
  const snapshot = await lookIfInstalled(session, inputs, undefined);
  const others = snapshot ? await startedElsewhere(session, inputs, snapshot) : [];
  if (others.length > 0) {
    session.warn(
      `what runs as ${inputs.project} was started in another folder than ${inputs.directory}, so it goes on`,
    );
  } else if (snapshot && (snapshot.containers.length > 0 || snapshot.compose !== undefined)) {
    await session.run(`stop ${inputs.project}`, down(inputs, inputs.retain === false));
  }
  const paths = snapshot?.record?.paths ?? ["compose.yaml", ".env", ...Object.keys(inputs.files ?? {})];
  await session.run(`clear ${inputs.directory}`, clear(inputs, paths));
  if (inputs.retain === false) await session.run(`remove ${inputs.directory}`, `rm -rf -- ${q(inputs.directory)}`);
}

function stateOf(inputs: ComposeProjectInputs, snapshot: Snapshot): ComposeProjectState {
  const compose = isComposeFile(inputs.compose) ? inputs.compose : { services: {} };
  return {
    project: inputs.project,
    directory: inputs.directory,
    compose: snapshot.compose === undefined ? null : parseCompose(snapshot.compose),
    files: snapshot.files,
    folders: foldersAsTheyAre(inputs.folders, snapshot.folders),
    env: snapshot.env !== undefined && isEnvOurs(inputs, snapshot) ? parseEnv(snapshot.env) : {},
    triggers: snapshot.record?.triggers ?? [],
    services: serviceStates(snapshot, compose),
    digests: runningDigests(snapshot, compose),
  };
}
