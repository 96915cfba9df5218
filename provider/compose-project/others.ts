import { posix } from "node:path";
import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";
import { parseCompose } from "./compose-yaml.ts";
import type { ComposeProjectInputs } from "./inputs.ts";
import type { Place } from "./place.ts";
import type { Container, Snapshot } from "./snapshot.ts";

/**
 * Docker knows a project by its name alone, so what somebody else started under that name looks like a part of it, and
 * would be removed as one that the compose file does not have. Such containers are told by their labels.
 */
export async function refuseOthers(session: Session, inputs: ComposeProjectInputs, found: Snapshot): Promise<void> {
  const elsewhere = await startedElsewhere(session, inputs, found);
  const fault = elsewhere.length > 0 ? otherFolder(inputs, elsewhere) : otherFile(inputs, found);
  if (fault) throw session.fail(fault);
}

/**
 * The project's containers that were started from a compose file in another folder. Where that file is gone the project
 * was moved, and they are its own.
 */
export async function startedElsewhere(session: Session, place: Place, found: Snapshot): Promise<Container[]> {
  const suspects = found.containers.filter((container) => ![place.directory, ""].includes(folderOf(container)));
  if (suspects.length === 0) return [];
  const folders = [...Map.groupBy(suspects, folderOf)];
  const script = folders.map(([folder, containers], index) => {
    const isThere = filesOf(containers).map((file) => `[ -e ${q(file)} ]`);
    return `[ ${q(folder)} -ef ${q(place.directory)} ] || if ${isThere.join(" || ") || "false"}; then echo ${index}; fi`;
  });
  const output = await session.read(`see where ${place.project} was started`, script.join("\n"));
  const others = new Set(output.trim().split("\n"));
  return folders.flatMap(([, containers], index) => (others.has(String(index)) ? containers : []));
}

function otherFolder(inputs: ComposeProjectInputs, containers: readonly Container[]): string {
  return (
    `another compose project on this host is called ${inputs.project} already, so nothing was changed:\n` +
    `${list(containers)}\n` +
    `Give this one another name (project), or declare the folder that the other is in (directory), with its compose file as compose.yaml.`
  );
}

/** What runs without this provider having started it has to be what compose.yaml says. Pure. */
export function otherFile(inputs: ComposeProjectInputs, found: Snapshot): string | undefined {
  if (found.record !== undefined || found.containers.length === 0) return undefined;
  const file = `${inputs.directory}/compose.yaml`;
  const from = [...new Set(filesOf(found.containers))].filter((path) => path !== file);
  if (found.compose === undefined) {
    const move =
      from.length === 1 ? `mv ${q(from[0] ?? "")} ${q(file)}` : `write what they were started from to ${file}`;
    return (
      `the compose project ${inputs.project} runs already, and not from ${file}, so nothing was changed:\n` +
      `${list(found.containers)}\n` +
      `To have it taken over as it runs: ${move}. Else give this one another name (project).`
    );
  }
  const known = { ...servicesIn(found.compose), ...inputs.compose.services };
  const unknown = found.containers.filter((container) => !Object.hasOwn(known, serviceOf(container)));
  if (unknown.length === 0) return undefined;
  return (
    `containers of the compose project ${inputs.project} run that ${file} says nothing of, so nothing was changed:\n` +
    `${list(unknown)}\n` +
    "Add them to `compose` and to that file, or stop and remove them first."
  );
}

function servicesIn(compose: string): object {
  const file = parseCompose(compose) as { services?: unknown } | null;
  return typeof file?.services === "object" ? { ...file.services } : {};
}

function list(containers: readonly Container[]): string {
  return containers
    .map((container) => {
      const files = filesOf([container]).join(", ");
      return `  ${container.name.replace(/^\//, "")} (${container.state.Status}), started in ${folderOf(container) || "a folder that it does not name"}${files && ` from ${files}`}`;
    })
    .join("\n");
}

function label(container: Container, name: string): string {
  return container.labels[`com.docker.compose.${name}`] ?? "";
}

function serviceOf(container: Container): string {
  return label(container, "service");
}

function folderOf(container: Container): string {
  return label(container, "project.working_dir");
}

/** The compose files that they were started from, as absolute paths. */
function filesOf(containers: readonly Container[]): string[] {
  const files = containers.flatMap((container) =>
    label(container, "project.config_files")
      .split(",")
      .filter((file) => file !== "")
      .map((file) => posix.resolve(folderOf(container), file)),
  );
  return [...new Set(files)];
}
