import type * as pulumi from "@pulumi/pulumi";
import {
  Download,
  File,
  type HostConnection,
  MeshMember as Membership,
  type MeshMemberArgs as MembershipArgs,
  Script,
  SystemdUnit,
} from "../../provider/index.ts";
import { Component, type Transform, transformed } from "../component.ts";
import { type Host, onHost } from "../server/host.ts";
import type { Release } from "./releases.ts";
import { tailscaledUnit } from "./units.ts";

export interface MeshMemberArgs {
  /** The host that joins. */
  host: Host;
  /** Where Headscale runs. */
  hub: pulumi.Input<HostConnection>;
  /** Headscale's address for members. */
  server: pulumi.Input<string>;
  /** Name in the mesh. */
  node: string;
  /** What it is to the policy. */
  tags: readonly string[];
  /** Tailscale's release for this host. */
  release: Release & { folder: string };
  /** Authority to trust for `server`, PEM. @default those of the system */
  authority?: pulumi.Input<string>;
  /** Networks behind it that it carries traffic to. @default [] */
  routes?: readonly string[];
  /** Offers its way to the internet. @default false */
  exitNode?: boolean;
  /** Uses networks that other members carry traffic to. @default false */
  acceptRoutes?: boolean;
  /** Resolves the mesh's names. @default true */
  acceptDns?: boolean;
  /** What has to be there before it joins. @default nothing */
  needs?: readonly pulumi.Resource[];
  /** Has the hub forget a node whose server is deleted, which nobody logs out of then. @default the member logs out first */
  forgotten?: pulumi.Resource;
  /** Adjustments of the membership. */
  transform?: { membership?: Transform<MembershipArgs> };
}

/**
 * A host in a mesh: Tailscale as a service, trust in the hub, and the membership itself. `Mesh` makes one for each of its
 * `members`.
 */
export class MeshMember extends Component {
  /** Its IPv4 address in the mesh. */
  readonly address: pulumi.Output<string>;
  /** Its addresses in the mesh, IPv4 first. */
  readonly addresses: pulumi.Output<string[]>;
  /** What waits for the host to be a member waits for this. */
  readonly resource: pulumi.Resource;
  readonly #args: MeshMemberArgs;

  constructor(name: string, args: MeshMemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh:MeshMember", name, opts);
    this.#args = args;
    const program = this.#installTailscale();
    const trust = args.authority === undefined ? [] : [this.#trust(args.authority)];
    const forwarding = args.exitNode || (args.routes ?? []).length > 0 ? [this.#forward()] : [];
    const service = this.#runTailscale(program, trust);
    const needs = [...(args.needs ?? []), ...(args.forgotten ? [args.forgotten] : [])];
    const membership = this.#join([service, ...forwarding, ...needs]);
    this.resource = membership;
    this.address = membership.address;
    this.addresses = membership.addresses;
    this.registerOutputs({});
  }

  #installTailscale(): Download {
    const { url, sha256, folder } = this.#args.release;
    const files = {
      "/usr/local/bin/tailscale": `${folder}/tailscale`,
      "/usr/local/bin/tailscaled": `${folder}/tailscaled`,
    };
    return new Download(`${this.name}-tailscale`, { ...this.#on, url, sha256, files }, this.#opts());
  }

  #trust(authority: pulumi.Input<string>): Script {
    const file = "/usr/local/share/ca-certificates/quayside-mesh.crt";
    return new Script(
      `${this.name}-authority`,
      {
        ...this.#on,
        input: { authority },
        observe: `if [ "$(cat ${file} 2>/dev/null)" = "$(printf '%s' "$authority")" ] && [ -e /etc/ssl/certs/quayside-mesh.pem ]; then echo trusted; else echo unknown; fi`,
        wanted: "trusted",
        apply: `printf '%s\\n' "$authority" >${file}; update-ca-certificates >&2`,
        revert: `rm -f ${file}; update-ca-certificates --fresh >&2`,
      },
      this.#opts(),
    );
  }

  #forward(): File {
    const content = "net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n";
    const path = "/etc/sysctl.d/61-quayside-mesh.conf";
    const reload = ["systemd-sysctl.service"];
    return new File(`${this.name}-forwarding`, { ...this.#on, path, content, reload }, this.#opts());
  }

  #runTailscale(program: Download, trust: pulumi.Resource[]): SystemdUnit {
    const { authority } = this.#args;
    return new SystemdUnit(
      `${this.name}-tailscaled`,
      {
        ...this.#on,
        unit: "tailscaled.service",
        content: tailscaledUnit,
        // It reads whom to trust once.
        restartOn: [program.sha256, ...(authority === undefined ? [] : [authority])],
      },
      this.#opts(program, ...trust),
    );
  }

  #join(needs: readonly pulumi.Resource[]): Membership {
    const { host, hub, server, node, tags, routes = [], exitNode, acceptRoutes, acceptDns, forgotten } = this.#args;
    const args: MembershipArgs = {
      ...this.#on,
      hub,
      server,
      node,
      tags: tags.map((tag) => `tag:${tag}`),
      ...(routes.length > 0 && { routes: [...routes] }),
      ...(exitNode !== undefined && { exitNode }),
      ...(acceptRoutes !== undefined && { acceptRoutes }),
      ...(acceptDns !== undefined && { acceptDns }),
    };
    // Without `forgotten` not `deletedWith` the server: the hub has to forget a host that goes.
    const dependsOn = [...needs];
    const opts = forgotten ? onHost(host, this.child({ dependsOn })) : this.child({ dependsOn });
    return new Membership(...transformed(this.#args.transform?.membership, `${this.name}-membership`, args, opts));
  }

  get #on() {
    return { host: this.#args.host.connection };
  }

  #opts(...dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions {
    return onHost(this.#args.host, this.child({ dependsOn }));
  }
}
