import { type FileFacts, parseFact } from "../file/facts.ts";
import { type ComposeFile, type Expected, expectedServices, isComposeFile } from "./compose-file.ts";
import { parseCompose } from "./compose-yaml.ts";
import type { MountedFile } from "./inputs.ts";
import { type DeploymentRecord, parseRecord } from "./record.ts";

/** One container of a project, from `docker inspect`. */
export interface Container {
  id: string;
  name: string;
  /** Id of its image. */
  image: string;
  labels: Record<string, string>;
  restarts: number;
  state: {
    Status: string;
    ExitCode: number;
    OOMKilled?: boolean;
    Error?: string;
    StartedAt: string;
    Health?: { Status: string; Log: { ExitCode: number; Output: string }[] | null } | null;
  };
}

/** Everything that one look at a project on its host tells. */
export interface Snapshot {
  /** The host's clock, in milliseconds. */
  now: number;
  record?: DeploymentRecord;
  compose?: string;
  env?: string;
  files: Record<string, MountedFile>;
  /** By path: what is there of the declared folders. */
  folders: Map<string, FileFacts>;
  containers: Container[];
  /** By reference in the compose file: id of the image that it names on this host, if there is one. */
  references: Record<string, string>;
  /** By id: the registry's digests, `postgres@sha256:…`. */
  digests: Record<string, string[]>;
}

/** Reads the output of `observeProject`. */
export function parseSnapshot(output: string): Snapshot {
  const snapshot: Snapshot = { now: 0, files: {}, folders: new Map(), containers: [], references: {}, digests: {} };
  for (const line of output.split("\n")) {
    const [kind, ...words] = line.split(" ");
    const [first = "", second = "", third = ""] = words;
    if (kind === "now") snapshot.now = Number(first) * 1000;
    if (kind === "record") snapshot.record = parseRecord(text(first));
    if (kind === "compose") snapshot.compose = text(first);
    if (kind === "env") snapshot.env = text(first);
    if (kind === "file") snapshot.files[text(first)] = { mode: second.padStart(4, "0"), content: text(third) };
    if (kind === "folder") snapshot.folders.set(...parseFact(words));
    if (kind === "container") snapshot.containers.push(JSON.parse(words.join(" ")) as Container);
    if (kind === "reference" && second) snapshot.references[text(first)] = second;
    if (kind === "image") snapshot.digests[first] = JSON.parse(words.slice(1).join(" ")) ?? [];
  }
  return snapshot;
}

function text(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

export function containersOf(snapshot: Snapshot, service: string): Container[] {
  return snapshot.containers.filter((container) => container.labels["com.docker.compose.service"] === service);
}

/**
 * What each service's containers are doing, in one word where all is well (`running`, `completed`) and a few where it is
 * not. Services of the project that the compose file does not have are listed too.
 */
export function serviceStates(snapshot: Snapshot, compose: ComposeFile): Record<string, { state: string }> {
  const expected = expectedServices(compose);
  const undeclared = snapshot.containers
    .map((container) => container.labels["com.docker.compose.service"] ?? "")
    .filter((name) => name && !expected[name]);
  const names = [...Object.keys(expected), ...new Set(undeclared)];
  return Object.fromEntries(names.map((name) => [name, { state: serviceState(snapshot, name, expected[name]) }]));
}

function serviceState(snapshot: Snapshot, name: string, expected: Expected | undefined): string {
  const containers = containersOf(snapshot, name);
  if (containers.length === 0) return expected?.state === "absent" ? "absent" : "missing";
  const once = expected?.state === "completed";
  const words = containers.map((container) => containerState(container, once));
  const wrong = words.find((word) => word !== "running" && word !== "completed");
  if (wrong) return wrong;
  if (expected && containers.length !== expected.containers)
    return `${containers.length} of ${expected.containers} running`;
  const wanted = expected && snapshot.references[expected.image];
  const other = containers.find((container) => wanted && container.image !== wanted);
  if (other) return `${words[0]}, another image (${other.image.slice(0, 19)})`;
  if (snapshot.record?.pending) return `${words[0]}, deployment interrupted`;
  const settings = snapshot.record?.settings[name];
  if (settings && containers.some((container) => container.labels["com.docker.compose.config-hash"] !== settings)) {
    return `${words[0]}, other settings`;
  }
  return words[0] ?? "missing";
}

/** @param once whether the container is one that does its work and ends */
export function containerState({ state }: Container, once: boolean): string {
  if (state.Status === "running") {
    const health = state.Health?.Status;
    return health === "starting" || health === "unhealthy" ? health : "running";
  }
  if (state.Status !== "exited") return state.Status;
  if (once && state.ExitCode === 0) return "completed";
  return state.OOMKilled ? `exited (${state.ExitCode}, out of memory)` : `exited (${state.ExitCode})`;
}

/** By service: the digest of the image that runs, the registry's if it has one. */
export function runningDigests(snapshot: Snapshot, compose: ComposeFile): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const [name, { image }] of Object.entries(expectedServices(compose))) {
    const [container] = containersOf(snapshot, name);
    if (!container) continue;
    const known = (snapshot.digests[container.image] ?? []).map((digest) => digest.split("@"));
    const repository = image.split("@")[0]?.replace(/:[^/:]*$/, "");
    const [, digest] = known.find(([name]) => name === repository) ?? known[0] ?? [];
    digests[name] = digest ?? container.image;
  }
  return digests;
}

/** Whether the name of some image means another image by now than the one that runs. */
export function hasMovedImage(snapshot: Snapshot, compose: ComposeFile): boolean {
  return Object.entries(compose.services).some(([name, { image }]) => {
    const wanted = snapshot.references[image];
    return wanted !== undefined && containersOf(snapshot, name).some((container) => container.image !== wanted);
  });
}

/** By reference in the compose file on the host: id of the image that the containers were made from. */
export function imagesInUse(snapshot: Snapshot): Record<string, string> {
  const compose = snapshot.compose === undefined ? undefined : parseCompose(snapshot.compose);
  if (!isComposeFile(compose)) return {};
  return Object.fromEntries(
    Object.entries(compose.services).flatMap(([name, { image }]) => {
      const [container] = containersOf(snapshot, name);
      return container ? [[image, container.image]] : [];
    }),
  );
}

export function imagesOf(compose: ComposeFile): string[] {
  return [...new Set(Object.values(compose.services).map((service) => service.image))];
}
