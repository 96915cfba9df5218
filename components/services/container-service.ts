import * as pulumi from "@pulumi/pulumi";
import { ComposeProject, type ComposeProjectArgs } from "../../provider/compose-project/resource.ts";
import { Component, DeclarationError, type Fault, refuse, transformed } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import { type Host, onHost } from "../server/host.ts";
import { composeFilesOf, composeOf, dataFoldersOf, foldersOf, type ServiceFolders } from "./compose.ts";
import { claim, claimFaults } from "./host-claims.ts";
import { parseDuration } from "./quantities.ts";
import type { Needed, ServiceArgs } from "./service-args.ts";
import { serviceFaults } from "./service-faults.ts";

/** Where a service answers HTTP, for routes. */
export interface HttpEndpoint extends Needed {
  /** The host it runs on. */
  readonly host: Host;
  /** Name it has on its networks. */
  readonly service: string;
  /** Port in the container. */
  readonly port: number;
}

/** What kinds of services add to the description they all share. */
export interface ServiceKind {
  /** `services:Postgres` */
  type: string;
  /** What is wrong with the arguments of this kind. */
  faults?: readonly Fault[];
  /** What this kind calls properties of the shared description: `{ "networks[0]": "network" }`. */
  renamed?: Readonly<Record<string, string>>;
  /** Who may open ports to everybody: the proxy only. @default "privately" */
  publishes?: "everywhere" | "privately";
  /** What this kind makes of the project before the stack's own adjustment, such as a second container. */
  extend?: (project: ComposeProjectArgs) => ComposeProjectArgs;
  /** More that has to be there before the containers start, made as children of the service. */
  before?: (opts: pulumi.CustomResourceOptions) => pulumi.Resource[];
}

/** A container on a host, deployed so that finished means serving. What services, databases and the proxy have in common. */
export abstract class ContainerService extends Component implements Needed {
  /** The host it runs on. */
  readonly host: Host;
  readonly networks: readonly Network[];
  /** The image that is declared; `digest` tells what runs. */
  readonly image: string;
  /** The deployed containers. */
  readonly resource: ComposeProject;
  /** Digest of the image that runs, `sha256:…`. */
  readonly digest: pulumi.Output<string | undefined>;
  readonly #httpPort: number | undefined;

  protected constructor(name: string, args: ServiceArgs, kind: ServiceKind, opts?: pulumi.ComponentResourceOptions) {
    super(kind.type, name, opts);
    const type = kind.type.replace(/^.*:/, "");
    const shared = [...serviceFaults(args, kind.publishes ?? "privately"), ...claimFaults(name, args)];
    refuse(type, name, [
      ...(kind.faults ?? []),
      ...shared.map((fault) => ({ ...fault, path: kind.renamed?.[fault.path] ?? fault.path })),
    ]);
    claim(type, name, args);
    const folders = foldersOf(pulumi.getProject(), name);

    this.host = args.host;
    this.networks = args.networks;
    this.image = args.image;
    this.#httpPort = args.http;
    const before = kind.before?.(this.child()) ?? [];
    this.resource = this.#createContainers(args, folders, before, kind.extend);
    this.digest = this.resource.digests.apply((digests) => digests?.[name]);
  }

  get label(): string {
    return `service "${this.name}"`;
  }

  /** Where it answers HTTP. Needs the argument `http`. */
  get http(): HttpEndpoint {
    if (this.#httpPort === undefined) {
      throw new DeclarationError("Service", this.name, [
        {
          path: "http",
          reason: "is missing, but a route leads here; declare the port in the container that answers HTTP",
        },
      ]);
    }
    const { name: service, host, networks, label, resource } = this;
    return { service, port: this.#httpPort, host, networks, label, resource };
  }

  #createContainers(
    args: ServiceArgs,
    folders: ServiceFolders,
    parts: pulumi.Resource[],
    extend: ServiceKind["extend"] = (project) => project,
  ): ComposeProject {
    const { host } = args;
    const before = [
      ...(host.facilities.docker ? [host.facilities.docker] : []),
      ...args.networks.map((network) => network.resource),
      ...(args.needs ?? []).map((needed) => needed.resource),
      ...parts,
    ];
    return new ComposeProject(
      ...transformed<ComposeProjectArgs>(
        args.transform?.compose,
        `${this.name}-compose`,
        extend({
          host: host.connection,
          project: this.name,
          directory: folders.compose,
          compose: composeOf(this.name, args, folders),
          ...(hasEntries(args.files) && { files: composeFilesOf(args) }),
          ...(hasEntries(args.volumes) && { folders: dataFoldersOf(args, folders) }),
          ...(hasEntries(args.secretEnv) && { env: { ...args.secretEnv } }),
          ...(args.reload && { reload: { [this.name]: args.reload } }),
          timeout: patience(args),
        }),
        this.child(onHost(host, { dependsOn: before })),
      ),
    );
  }
}

/** What is empty is not sent: the provider's own default says the same, and a preview is judged by what it carries. */
function hasEntries(map: object | undefined): boolean {
  return map !== undefined && Object.keys(map).length > 0;
}

/** Seconds until a deployment has failed: as long as the health check itself may take, and time to create the container. */
function patience({ health }: ServiceArgs): number {
  const start = parseDuration(health.startPeriod ?? "30s") ?? 0;
  const interval = parseDuration(health.interval ?? "10s") ?? 0;
  const timeout = parseDuration(health.timeout ?? "5s") ?? 0;
  return 30 + start + (health.retries ?? 3) * (interval + timeout);
}
