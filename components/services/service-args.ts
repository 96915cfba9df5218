import type * as pulumi from "@pulumi/pulumi";
import type { ComposeProjectArgs, ComposeReloadArgs } from "../../provider/compose-project/resource.ts";
import type { Transform } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import type { Host } from "../server/host.ts";
import type { HealthCheck } from "./health.ts";

/** A folder on the host that outlives the container. */
export interface VolumeArgs {
  /** Absolute path in the container. */
  path: string;
  /** User and group id that own it. @default the service's `user`, else "0" */
  owner?: string;
  /** Octal mode. @default "0750" */
  mode?: string;
}

/** A configuration file, mounted read-only. */
export interface ConfigFileArgs {
  /** A secret stays secret in state and in messages. */
  content: pulumi.Input<string>;
  /** Octal mode. @default "0644" */
  mode?: string;
}

/** A port of the container that the host offers on an address of its own; the public ones are the proxy's. */
export interface PublishedPort {
  /** Port in the container. */
  container: number;
  /** Port on the host. @default the container's */
  host?: number;
  /** Address on the host: loopback, or the host's address in the mesh. @default "127.0.0.1" */
  address?: string;
  /** @default "tcp" */
  protocol?: "tcp" | "udp";
}

/** Something that has to be there before a service starts, and that the service talks to. */
export interface Needed {
  /** What it is, for messages: `database n8n of "postgres"`. */
  readonly label: string;
  /** Networks it can be reached on. */
  readonly networks: readonly Network[];
  /** What the service waits for. */
  readonly resource: pulumi.Resource;
}

export interface ServiceArgs {
  /** The host it runs on. */
  host: Host;
  /** Image with its tag, and its digest where it is known: `n8nio/n8n:2.41.3@sha256:…`. `latest` is refused. */
  image: string;
  /** Docker networks of the same host; at least one. Others on them reach the service by its name. */
  networks: readonly Network[];
  /** How to tell that it serves. Without it nobody would know when a deployment is finished. */
  health: HealthCheck;
  /** Port in the container that answers HTTP; what `service.http` hands to routes. @default none */
  http?: number;
  /** Arguments for the image's entry point. @default the image's own */
  command?: readonly string[];
  /** Variables that may be read by anybody. @default {} */
  env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variables that nobody may read: they reach the host in a file for root only. @default {} */
  secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Configuration files by their path in the container. @default {} */
  files?: Readonly<Record<string, ConfigFileArgs>>;
  /**
   * How the service takes up a changed configuration file without a restart. With it the folders of `files` are mounted
   * rather than the files, as a mounted file goes on showing its old content. @default it is recreated
   */
  reload?: ComposeReloadArgs;
  /** Data by a name of its own: `/opt/<project>/data/<service>/<name>` on the host. @default {} */
  volumes?: Readonly<Record<string, VolumeArgs>>;
  /** What has to be there first: other services, databases. @default [] */
  needs?: readonly Needed[];
  /** Memory that it may use: `512m`, `2g`. More ends it. @default "512m" */
  memory?: string;
  /** Processors that it may use, such as 0.5. @default no limit */
  cpus?: number;
  /** Processes and threads that it may have. @default 512 */
  pids?: number;
  /** Shared memory (/dev/shm). @default Docker's, 64m */
  sharedMemory?: string;
  /** User and group it runs as, `1000:1000`. @default the image's own */
  user?: string;
  /** Linux capabilities that it needs, such as `NET_BIND_SERVICE`; every other one is dropped. @default [] */
  capabilities?: readonly string[];
  /** Whether its file system is read-only, except for volumes and `tmpfs`. @default false */
  readOnly?: boolean;
  /** Folders in memory, for what a read-only service has to write. @default [] */
  tmpfs?: readonly string[];
  /** Ports offered on the host's loopback or mesh address. @default [] */
  ports?: readonly PublishedPort[];
  /** Time to end by itself when it is stopped. @default "10s" */
  stopGracePeriod?: string;
  /** Adjustments of the children. */
  transform?: { compose?: Transform<ComposeProjectArgs> };
}
