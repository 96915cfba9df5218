import * as pulumi from "@pulumi/pulumi";
import {
  Download,
  File,
  Files,
  InternalCertificate,
  MeshPolicy,
  type MeshPolicyArgs,
  Script,
  SystemdUnit,
  User,
} from "../../provider/index.ts";
import { Component, refuse, transformed } from "../component.ts";
import { type Host, onHost } from "../server/host.ts";
import type { HttpEndpoint } from "../services/container-service.ts";
import { meshFaults } from "./faults.ts";
import {
  CONFIG_FOLDER,
  DATA_FOLDER,
  type MeshRecord,
  RECORDS_FILE,
  renderHeadscaleConfig,
  renderRecords,
} from "./headscale-config.ts";
import { MeshMember } from "./member.ts";
import { type MeshArgs, tagsOf } from "./mesh-args.ts";
import { renderPolicy } from "./policy.ts";
import { officialReleases } from "./releases.ts";
import {
  BACKUP_SCRIPT,
  backupUnit,
  HEADSCALE,
  headscaleUnit,
  renderBackupScript,
  renderBackupTimer,
  renderForget,
} from "./units.ts";

const CERTIFICATES = `${CONFIG_FOLDER}/tls`;

/**
 * A mesh of a company's own: Headscale on a hub, hosts that join it, and a policy made from rules. What no rule allows
 * is refused, and Headscale proves the policy before it takes it. Until there is one, nobody reaches anybody.
 *
 * Nothing depends on Tailscale's own servers: relay and STUN are the hub's.
 *
 * @example
 * ```ts
 * const mesh = new Mesh("mesh", {
 *   hub,
 *   domain: "mesh.example.org",
 *   hostname: "vpn.example.org",
 *   tls: behindProxy(net.frontend),
 *   members: { hub: { host: hub, tag: "hub" }, core: { host: core, tag: "core" } },
 *   groups: { admins: ["alice"] },
 *   rules: [allow(group("admins"), tag("core"), tcp(22, 443)), allow(tag("hub"), tag("core"), tcp(804, 8080))],
 *   records: { "n8n.example.org": "core" },
 * });
 * ```
 */
export class Mesh extends Component {
  /** How members and devices reach the hub: `https://vpn.example.org`. */
  readonly url: pulumi.Output<string>;
  /** Names that only the mesh resolves, with where they lead. */
  readonly extraRecords: pulumi.Output<MeshRecord[]>;
  /** The authority that devices have to trust, PEM, where systems do not know it. */
  readonly authority: pulumi.Output<string> | undefined;
  /** The members, by their name in the mesh. */
  readonly members: Readonly<Record<string, MeshMember>>;
  readonly #args: MeshArgs;
  readonly #service: SystemdUnit;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh:Mesh", name, opts);
    refuse("Mesh", name, meshFaults(args));
    this.#args = args;
    this.url = urlOf(args);

    const user = this.#makeUser();
    const program = this.#installHeadscale();
    const certificate = this.#certify(user);
    const service = this.#runHeadscale(user, program, certificate);
    this.#backUp(service);
    this.authority = this.#trusted(certificate);
    this.members = this.#join(service);
    this.#letIn(this.#decide(service));
    this.extraRecords = this.#recordsOf();
    this.#publish(service);
    this.#service = service;
    // What `quay mesh` reads from the state.
    this.registerOutputs({
      url: this.url,
      hub: args.hub.connection,
      groups: args.groups ?? {},
      authority: this.authority,
    });
  }

  /** IPv4 address that a host has in the mesh; known once it has joined. @param host the host, or its name in the mesh */
  memberAddress(host: Host | string): pulumi.Output<string> {
    return this.#member(host).address;
  }

  /**
   * The hub's HTTP endpoint, for the route of the proxy before it.
   *
   * @throws RunError for a hub that ends TLS itself
   */
  get http(): HttpEndpoint {
    const { tls, hub } = this.#args;
    if (tls.kind !== "proxy") {
      throw new pulumi.RunError(
        `The mesh "${this.name}" has no endpoint for a proxy, as its hub ends TLS itself: give it tls: behindProxy(network).`,
      );
    }
    const { network, port } = tls;
    return {
      label: `mesh "${this.name}"`,
      host: hub,
      // Headscale is on the host itself, which the proxy's containers reach at their network's gateway.
      service: network.gateway,
      port,
      networks: [network],
      resource: this.#service,
    };
  }

  #member(host: Host | string): MeshMember {
    const { members } = this.#args;
    const key =
      typeof host === "string" ? host : Object.keys(members).find((one) => members[one]?.host.name === host.name);
    const member = key === undefined ? undefined : this.members[key];
    if (!member) {
      const asked = typeof host === "string" ? host : host.name;
      throw new pulumi.RunError(
        `${asked} is no member of the mesh "${this.name}": ${Object.keys(members).join(", ")} are.`,
      );
    }
    return member;
  }

  #makeUser(): User {
    const args = { ...this.#on, user: "headscale", system: true, home: DATA_FOLDER };
    return new User(`${this.name}-user`, args, this.#opts());
  }

  #installHeadscale(): Download {
    const { url, sha256 } = this.#releases(this.#args.hub).headscale;
    return new Download(
      `${this.name}-headscale`,
      { ...this.#on, url, sha256, files: { [HEADSCALE]: "" } },
      this.#opts(),
    );
  }

  #certify(user: User): InternalCertificate | undefined {
    const { tls, hub, hostname } = this.#args;
    if (tls.kind !== "internal") return undefined;
    const names = hostname === undefined ? [hub.address] : [hostname, hub.address];
    const args = { ...this.#on, folder: CERTIFICATES, names, group: "headscale" };
    return new InternalCertificate(`${this.name}-certificate`, args, this.#opts(user));
  }

  #trusted(certificate: InternalCertificate | undefined): pulumi.Output<string> | undefined {
    const { tls } = this.#args;
    if (tls.kind === "proxy" && tls.authority !== undefined) return pulumi.output(tls.authority);
    return certificate?.authority;
  }

  #runHeadscale(user: User, program: Download, certificate: InternalCertificate | undefined): SystemdUnit {
    const { tls, domain, hub, nameservers = [] } = this.#args;
    const content = pulumi.all([this.url, hub.address]).apply(([url, address]) =>
      renderHeadscaleConfig({
        url,
        // Everywhere, as the proxy's bridge may come up later; the firewall lets only the proxy in then.
        listen: `0.0.0.0:${tls.port}`,
        domain,
        address,
        ...(tls.kind === "internal" && { certificates: CERTIFICATES }),
        proxies: tls.kind === "proxy" ? [tls.network.subnet] : [],
        nameservers,
      }),
    );
    const path = `${CONFIG_FOLDER}/config.yaml`;
    const config = new File(
      `${this.name}-config`,
      { ...this.#on, path, content, group: "headscale", mode: "0640" },
      this.#opts(user, program, ...(certificate ? [certificate] : [])),
    );
    const restartOn = [content, program.sha256, ...(certificate ? [certificate.fingerprint] : [])];
    return new SystemdUnit(
      `${this.name}-service`,
      { ...this.#on, unit: "headscale.service", content: headscaleUnit, restartOn },
      this.#opts(config),
    );
  }

  #backUp(service: SystemdUnit): void {
    const { calendar = "daily", keep = 14 } = this.#args.backup ?? {};
    const files = {
      [BACKUP_SCRIPT]: { content: renderBackupScript(keep), mode: "0755" },
      "/etc/systemd/system/headscale-backup.service": { content: backupUnit },
    };
    const script = new Files(`${this.name}-backup`, { ...this.#on, files }, this.#opts(service));
    const content = renderBackupTimer(calendar);
    const timer = { ...this.#on, unit: "headscale-backup.timer", content };
    new SystemdUnit(`${this.name}-backup-timer`, timer, this.#opts(script));
  }

  #join(service: SystemdUnit): Record<string, MeshMember> {
    const { members, hub, transform } = this.#args;
    const joined = Object.entries(members).map(([node, { tag: _, needs = [], ...member }]) => [
      node,
      new MeshMember(
        `${this.name}-${node}`,
        {
          ...member,
          hub: hub.connection,
          server: this.url,
          node,
          tags: tagsOf({ tag: _ }),
          release: this.#releases(member.host).tailscale,
          ...(this.authority !== undefined && { authority: this.authority }),
          needs: [service, ...needs],
          ...(member.host.deletedWith && member.host !== hub && { forgotten: this.#forget(node, service) }),
          transform: transform?.member,
        },
        { parent: this },
      ),
    ]);
    return Object.fromEntries(joined) as Record<string, MeshMember>;
  }

  /** A cloud's server is gone with all that is on it, perhaps when SSH came through the mesh alone: it cannot log out. */
  #forget(node: string, service: SystemdUnit): Script {
    const args = { ...this.#on, observe: "echo known", wanted: "known", apply: ":", revert: renderForget(node) };
    return new Script(`${this.name}-${node}-node`, args, this.#opts(service));
  }

  /** After the joins: Headscale can only prove a policy for tags that somebody has. */
  #decide(service: SystemdUnit): MeshPolicy {
    const { rules, members, groups = {}, transform } = this.#args;
    const tags = Object.fromEntries(Object.entries(members).map(([node, member]) => [node, tagsOf(member)]));
    const policy = renderPolicy({ rules, groups, members: tags });
    const args: MeshPolicyArgs = {
      ...this.#on,
      policy,
      users: [...new Set(Object.values(groups).flat())],
      reach: Object.values(members).map(({ host }) => host.connection),
    };
    const needs = [service, ...Object.values(this.members).map((member) => member.resource)];
    // It is not taken away while a host is reached by it, unless that host goes, too.
    const reachedByIt = Object.values(members).find(({ host }) => host.ssh && host.deletedWith);
    const opts = { deletedWith: reachedByIt?.host.deletedWith, ...this.#opts(...needs) };
    return new MeshPolicy(...transformed(transform?.policy, `${this.name}-policy`, args, opts));
  }

  /** Members can leave SSH to the mesh when its policy lets the deployer through. */
  #letIn(policy: MeshPolicy): void {
    for (const { host } of Object.values(this.#args.members)) host.facilities.mesh = policy;
  }

  #recordsOf(): pulumi.Output<MeshRecord[]> {
    const names = Object.entries(this.#args.records ?? {});
    const addresses = pulumi.all(names.map(([, node]) => this.#member(node).addresses));
    return addresses.apply((all) =>
      names.flatMap(([name], index) =>
        (all[index] ?? []).map((value): MeshRecord => ({ name, type: value.includes(":") ? "AAAA" : "A", value })),
      ),
    );
  }

  #publish(service: SystemdUnit): void {
    if (Object.keys(this.#args.records ?? {}).length === 0) return;
    const args = { ...this.#on, path: RECORDS_FILE, content: this.extraRecords.apply(renderRecords) };
    new File(`${this.name}-records`, args, this.#opts(service));
  }

  #releases(host: Host) {
    return this.#args.releases?.[host.arch] ?? officialReleases[host.arch];
  }

  get #on() {
    return { host: this.#args.hub.connection };
  }

  #opts(...dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions {
    return onHost(this.#args.hub, this.child({ dependsOn }));
  }
}

function urlOf({ hub, hostname, tls }: MeshArgs): pulumi.Output<string> {
  const name = hostname === undefined ? hub.address : pulumi.output(hostname);
  return name.apply((host) => {
    const shown = host.includes(":") ? `[${host}]` : host;
    return tls.kind === "proxy" || tls.port === 443 ? `https://${shown}` : `https://${shown}:${tls.port}`;
  });
}
