import { isAbsent, requireDocker } from "../docker-daemon.ts";
import type { Session } from "../transport/session.ts";
import { isComposeFile } from "./compose-file.ts";
import type { ComposeProjectInputs } from "./inputs.ts";
import { observeProject } from "./script.ts";
import { imagesOf, parseSnapshot, type Snapshot } from "./snapshot.ts";

/** Looks at a project on its host. @param compose whose images to look for there */
export async function look(session: Session, inputs: ComposeProjectInputs, compose: unknown): Promise<Snapshot> {
  return parseSnapshot(requireDocker(session, await read(session, inputs, compose)));
}

/** The same where Docker may be gone as a whole, and the project's containers with it. */
export async function lookIfInstalled(
  session: Session,
  inputs: ComposeProjectInputs,
  compose: unknown,
): Promise<Snapshot | undefined> {
  const output = await read(session, inputs, compose);
  return isAbsent(output) ? undefined : parseSnapshot(requireDocker(session, output));
}

function read(session: Session, inputs: ComposeProjectInputs, compose: unknown): Promise<string> {
  const images = isComposeFile(compose) ? imagesOf(compose) : [];
  const command = observeProject(inputs, Object.keys(inputs.files ?? {}), images);
  return session.read(`look at the compose project ${inputs.project}`, command);
}
