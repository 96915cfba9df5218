import { isAbsent, requireDocker } from "../docker-daemon.ts";
import type { Session } from "../transport/session.ts";
import { isComposeFile } from "./compose-file.ts";
import { observeProject } from "./look-script.ts";
import type { Place } from "./place.ts";
import { imagesOf, parseSnapshot, type Snapshot } from "./snapshot.ts";

/** A project, and what else is declared and looked at with it. */
type Looked = Place & { files?: Readonly<Record<string, unknown>>; folders?: Readonly<Record<string, unknown>> };

/** Looks at a project on its host. @param compose whose images to look for there */
export async function look(session: Session, project: Looked, compose: unknown): Promise<Snapshot> {
  return parseSnapshot(requireDocker(session, await read(session, project, compose)));
}

/** The same where Docker may be gone as a whole, and the project's containers with it. */
export async function lookIfInstalled(
  session: Session,
  project: Looked,
  compose: unknown,
): Promise<Snapshot | undefined> {
  const output = await read(session, project, compose);
  return isAbsent(output) ? undefined : parseSnapshot(requireDocker(session, output));
}

function read(session: Session, project: Looked, compose: unknown): Promise<string> {
  const command = observeProject(project, {
    files: Object.keys(project.files ?? {}),
    folders: Object.keys(project.folders ?? {}),
    images: isComposeFile(compose) ? imagesOf(compose) : [],
  });
  return session.read(`look at the compose project ${project.project}`, command);
}
