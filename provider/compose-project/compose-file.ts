import { posix } from "node:path";

/** The parts of a compose file that the provider itself understands; everything else passes through. */
export interface ComposeFile {
  services: Record<string, ComposeService>;
  [section: string]: unknown;
}

export interface ComposeService {
  image: string;
  depends_on?: string[] | Record<string, { condition?: string }>;
  volumes?: Volume[];
  scale?: number;
  deploy?: { replicas?: number; resources?: unknown };
  profiles?: string[];
  [property: string]: unknown;
}

export type Volume = string | { type?: string; source?: string; read_only?: boolean };

/** Guards against state that was observed rather than declared. */
export function isComposeFile(value: unknown): value is ComposeFile {
  const services = (value as { services?: unknown } | null)?.services;
  if (typeof services !== "object" || services === null) return false;
  return Object.values(services).every((service) => typeof service?.image === "string");
}

/** How a service's containers should be: `absent` when none are asked for. */
export interface Expected {
  state: "running" | "completed" | "absent";
  image: string;
  containers: number;
}

/** What each service should be doing. One that others wait for to complete runs once. */
export function expectedServices(compose: ComposeFile): Record<string, Expected> {
  const oneShot = new Set(
    Object.values(compose.services).flatMap((service) =>
      Array.isArray(service.depends_on)
        ? []
        : Object.entries(service.depends_on ?? {})
            .filter(([, how]) => how?.condition === "service_completed_successfully")
            .map(([name]) => name),
    ),
  );
  return Object.fromEntries(
    Object.entries(compose.services).map(([name, service]) => {
      const containers = service.profiles?.length ? 0 : (service.scale ?? service.deploy?.replicas ?? 1);
      const state = containers === 0 ? "absent" : oneShot.has(name) ? "completed" : "running";
      return [name, { state, image: service.image, containers }];
    }),
  );
}

/** The services that one waits for. */
export function dependenciesOf({ depends_on: before = [] }: ComposeService): string[] {
  return Array.isArray(before) ? before : Object.keys(before);
}

export interface Mounts {
  /** By path of a declared file: the services that see it. */
  services: Map<string, string[]>;
  /** Files that are mounted by themselves: a container keeps the old file when another takes its name. */
  alone: Set<string>;
}

/** Which services mount which of the declared files, by themselves or with a folder around them. */
export function fileMounts(compose: ComposeFile, directory: string, files: readonly string[]): Mounts {
  const mounts: Mounts = { services: new Map(files.map((file) => [file, []])), alone: new Set() };
  for (const [name, service] of Object.entries(compose.services)) {
    for (const source of bindSources(service, directory)) {
      for (const file of files) {
        const path = posix.join(directory, file);
        if (path !== source && !path.startsWith(`${source}/`)) continue;
        const users = mounts.services.get(file) ?? [];
        if (!users.includes(name)) mounts.services.set(file, [...users, name]);
        if (path === source) mounts.alone.add(file);
      }
    }
  }
  return mounts;
}

function bindSources(service: ComposeService, directory: string): string[] {
  const sources = (service.volumes ?? []).map((volume) =>
    typeof volume === "string" ? volume.split(":")[0] : volume.type === "bind" ? volume.source : undefined,
  );
  return sources
    .filter((source) => source !== undefined && /^[./]/.test(source))
    .map((source) => posix.resolve(directory, source ?? "."));
}
