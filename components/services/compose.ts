import * as pulumi from "@pulumi/pulumi";
import type { ComposeFileArgs, ComposeFolderArgs } from "../../provider/compose-project/resource.ts";
import type { PublishedPort, ServiceArgs } from "./service-args.ts";

/** Where a project keeps a service on its host. */
export interface ServiceFolders {
  /** Folder of its compose file. */
  compose: string;
  /** Folder of its data; each volume is a folder in it. */
  data: string;
}

export function foldersOf(project: string, service: string): ServiceFolders {
  return { compose: `/opt/${project}/${service}`, data: `/opt/${project}/data/${service}` };
}

const LOG_ROTATION = { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } };

/** A service as a compose file describes it. */
export function composeOf(name: string, args: ServiceArgs, folders: ServiceFolders): Record<string, unknown> {
  const { health } = args;
  const service = {
    image: args.image,
    container_name: name,
    restart: "unless-stopped",
    command: args.command,
    user: args.user,
    networks: args.networks.map((network) => network.name),
    ports: args.ports?.map(portOf),
    environment: nonEmpty(args.env),
    env_file: nonEmpty(args.secretEnv) && [".env"],
    volumes: nonEmpty(mountsOf(args, folders)),
    tmpfs: nonEmpty(args.tmpfs),
    healthcheck: {
      test: health.test,
      interval: health.interval ?? "10s",
      timeout: health.timeout ?? "5s",
      retries: health.retries ?? 3,
      start_period: health.startPeriod ?? "30s",
      start_interval: "1s",
    },
    mem_limit: args.memory ?? "512m",
    cpus: args.cpus,
    pids_limit: args.pids ?? 512,
    shm_size: args.sharedMemory,
    read_only: args.readOnly,
    cap_drop: ["ALL"],
    cap_add: nonEmpty(args.capabilities),
    security_opt: ["no-new-privileges:true"],
    stop_grace_period: args.stopGracePeriod,
    // Where a DockerEngine looks after the host, its daemon.json says so for every container.
    logging: args.host.facilities.docker ? undefined : LOG_ROTATION,
  };
  return escaped({
    services: { [name]: defined(service) },
    networks: Object.fromEntries(args.networks.map((network) => [network.name, { external: true }])),
  }) as Record<string, unknown>;
}

/** The configuration files of a service, by their path beside its compose file. */
export function composeFilesOf(args: ServiceArgs): Record<string, ComposeFileArgs> {
  return Object.fromEntries(
    Object.entries(args.files ?? {}).map(([path, { content, mode }]) => [`files${path}`, defined({ content, mode })]),
  );
}

/** The folders that a service's data is kept in, by their path on the host. */
export function dataFoldersOf(args: ServiceArgs, folders: ServiceFolders): Record<string, ComposeFolderArgs> {
  return Object.fromEntries(
    Object.entries(args.volumes ?? {}).map(([key, volume]) => {
      const [owner = "0", group = owner] = (volume.owner ?? numericUser(args.user) ?? "0").split(":");
      return [`${folders.data}/${key}`, { owner, group, mode: volume.mode ?? "0750" }];
    }),
  );
}

/** The owner of a service's data, where the user it runs as is given in numbers. */
function numericUser(user: string | undefined): string | undefined {
  return user !== undefined && /^\d+(:\d+)?$/.test(user) ? user : undefined;
}

/** `127.0.0.1:8080:80/tcp`, as compose writes a published port. */
export function portOf(port: PublishedPort): string {
  const address = port.address ?? "127.0.0.1";
  const shown = address.includes(":") ? `[${address}]` : address;
  return `${shown}:${port.host ?? port.container}:${port.container}/${port.protocol ?? "tcp"}`;
}

function mountsOf(args: ServiceArgs, folders: ServiceFolders): string[] {
  const volumes = Object.entries(args.volumes ?? {}).map(([key, volume]) => `${folders.data}/${key}:${volume.path}`);
  const files = Object.keys(args.files ?? {});
  const mounted = args.reload ? [...new Set(files.map((path) => path.slice(0, path.lastIndexOf("/"))))] : files;
  return [...volumes, ...mounted.map((path) => `./files${path}:${path}:ro`)];
}

/** Compose reads `$` as the start of a variable wherever it stands; ours are all meant as they are. */
function escaped(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (pulumi.Output.isInstance(value)) return value.apply(escaped);
  if (value instanceof Promise) return value.then(escaped);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item)]));
}

function nonEmpty<T extends object>(value: T | undefined): T | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
