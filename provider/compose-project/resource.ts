import * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

/** A file that a project's containers mount. */
export interface ComposeFileArgs {
  /** What is in it. A secret stays secret in state and in messages. */
  content: pulumi.Input<string>;
  /** Octal mode. @default "0644" */
  mode?: pulumi.Input<string>;
}

/** A folder of the host that a project's containers mount. */
export interface ComposeFolderArgs {
  /** Octal mode. @default "0755" */
  mode?: pulumi.Input<string>;
  /** User that owns it, or a number. @default "root" */
  owner?: pulumi.Input<string>;
  /** Group that owns it, or a number. @default "root" */
  group?: pulumi.Input<string>;
}

/** How a service takes up a changed file without being recreated: one of the two. */
export interface ComposeReloadArgs {
  /** Runs in the container, such as `["caddy", "reload", "--config", "/etc/caddy/Caddyfile"]`. */
  command?: pulumi.Input<pulumi.Input<string>[]>;
  /** Is sent to the container's first process, such as `SIGHUP`. */
  signal?: pulumi.Input<string>;
}

export interface ComposeProjectArgs extends HostResourceArgs {
  /**
   * Compose's project name: lower case letters, digits, hyphens and underscores. Another name is another project. One that
   * runs already is taken over where it was started from compose.yaml in `directory`, else it is refused.
   */
  project: pulumi.Input<string>;
  /** Absolute path of the folder that holds it on the host, such as `/opt/acme/n8n`. Another one is another project. */
  directory: pulumi.Input<string>;
  /**
   * The compose file as a plain value (`{services: {…}, networks: {…}}`), so that a preview shows which property of which
   * service changes. Every service needs an `image`. It must hold no secrets: those go into `env`. As in any compose
   * file, `$` starts a variable; write `$$` for a dollar sign.
   */
  compose: pulumi.Input<Record<string, unknown>>;
  /**
   * Files beside compose.yaml by their relative path, for services to mount (`./Caddyfile:/etc/caddy/Caddyfile:ro`).
   * When one changes, the services that mount it are recreated, or reloaded where `reload` says how. @default {}
   */
  files?: pulumi.Input<Record<string, pulumi.Input<ComposeFileArgs>>>;
  /**
   * Folders of the host by their absolute path, for services to keep data in (`/opt/acme/data/n8n:/home/node/.n8n`). They
   * are there, with this owner and mode, before the containers start. What is in them is not the project's business, and
   * they stay when it is deleted. @default {}
   */
  folders?: pulumi.Input<Record<string, pulumi.Input<ComposeFolderArgs>>>;
  /**
   * Secret variables. They become the file `.env` (root only) beside compose.yaml; a service that needs them says
   * `env_file: [".env"]`. Always secret in state. @default {}
   */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** By service: how it takes up a changed file. @default {}, the services that mount it are recreated */
  reload?: pulumi.Input<Record<string, pulumi.Input<ComposeReloadArgs>>>;
  /** `missing`: pull images that the host does not have; `always`: ask the registry at every deploy; `never`. @default "missing" */
  pull?: pulumi.Input<"missing" | "always" | "never">;
  /** How long, in seconds, the services may take to become healthy before the previous version is restored. @default 120 */
  timeout?: pulumi.Input<number>;
  /**
   * Start a new version beside the one that serves, out of its clients' reach, and wait until it is healthy before it takes
   * the other's place: one that fails is never in use, not even for a moment. Done for services that have a health check,
   * write to nothing that outlives their container, and have neither rights over the host nor an address of their own.
   * `false` where a program must not run twice. @default true
   */
  trial?: pulumi.Input<boolean>;
  /** When one of these values changes, every container is recreated. @default [] */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether deleting leaves the project's named volumes and everything in its folder that this resource did not write.
   * Containers, compose file, declared files and secrets always go. @default true
   */
  retain?: pulumi.Input<boolean>;
}

/** What a service's containers are doing. */
export interface ComposeServiceState {
  /** `running` (and healthy, where there is a health check), `completed` for a one-shot service, else what is wrong. */
  state: string;
}

/**
 * Containers described by a compose file, deployed so that finished means serving: the new version is staged beside the
 * old one, its images are pulled, it is tried beside the old one where that is possible, its services are started and
 * have to become healthy. When they do not, their log is in the error, and the previous version serves (again).
 */
export class ComposeProject extends HostResource {
  /** Compose's project name. */
  declare readonly project: pulumi.Output<string>;
  /** Folder that holds it on the host. */
  declare readonly directory: pulumi.Output<string>;
  /** By service: what its containers are doing. */
  declare readonly services: pulumi.Output<Record<string, ComposeServiceState>>;
  /** By service: the digest of the image that runs, `sha256:…`; the registry's where the image came from one. */
  declare readonly digests: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ComposeProjectArgs, opts?: pulumi.CustomResourceOptions) {
    // The whole map is secret, so that a variable that only the host has is as secret as a declared one.
    const inputs = { ...args, ...(args.env && { env: pulumi.secret(args.env) }) };
    super("ComposeProject", name, inputs, ["services", "digests"], opts);
  }
}
