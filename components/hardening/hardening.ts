import type * as pulumi from "@pulumi/pulumi";
import {
  Files,
  Firewall,
  type FirewallArgs,
  Packages,
  SshDaemon,
  type SshDaemonArgs,
  SystemdUnit,
} from "../../provider/index.ts";
import { Component, refuse, type Transform, transformed } from "../component.ts";
import { type Host, onHost } from "../server/host.ts";
import {
  renderAuditRules,
  renderAutoUpgrades,
  renderFail2ban,
  renderJournald,
  renderSysctl,
  renderUnattendedUpgrades,
} from "./files.ts";
import { hardeningFaults, sshPortOf } from "./hardening-faults.ts";
import type { Openings } from "./openings.ts";

const JOURNALD = "/etc/systemd/journald.conf.d/60-quayside.conf";
const JAILS = "/etc/fail2ban/jail.d/60-quayside.local";
const SYSCTL = "/etc/sysctl.d/60-quayside.conf";

export interface HardeningArgs {
  /** The host to harden. */
  host: Host;
  /** Who may reach SSH, and where it listens. */
  ssh: {
    /** Addresses and networks, such as the operators' and the mesh's. The world, or most of it, is refused. */
    from: readonly string[];
    /** @default that of the host's `ssh` in a mesh, else 22 */
    port?: number;
  };
  /**
   * Everything else that the host lets in, IPv4 and IPv6, published container ports included. One that has SSH's port is
   * held to what `ssh.from` is. @default nothing
   */
  openings?: Openings;
  /** Addresses that fail2ban never bans. @default those of `ssh.from` */
  neverBan?: readonly string[];
  /** How long the first ban lasts. @default "1h" */
  banTime?: string;
  /** Reboot by itself when a security update asks for it. @default false */
  reboot?: boolean;
  /** When it may reboot. @default "04:30" */
  rebootTime?: string;
  /**
   * Kernel settings to make: all, or only those of the network, for a machine that shares its kernel with others.
   * @default "all"
   */
  sysctl?: "all" | "network";
  /** Run the audit daemon; it needs a kernel of its own. @default true */
  audit?: boolean;
  /** Most that the journal may take, as journald writes sizes. @default "500M" */
  journalMaxUse?: string;
  /** Adjusts single children beyond what is offered here. */
  transform?: {
    sshd?: Transform<SshDaemonArgs>;
    firewall?: Transform<FirewallArgs>;
  };
}

/**
 * The base of every host: keys only over SSH, a firewall that knows Docker, fail2ban, auditd, security updates, kernel
 * settings that leave Docker alive, a journal that stays small. Owner of the host's firewall: all its openings are here.
 *
 * @example
 * new Hardening("core-hardening", { host: core, ssh: { from: ["203.0.113.7/32"] }, openings: { ...web } });
 */
export class Hardening extends Component {
  readonly #args: HardeningArgs;
  readonly #host: Host;

  constructor(name: string, args: HardeningArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hardening:Hardening", name, opts);
    refuse("Hardening", name, hardeningFaults(args));
    this.#args = args;
    this.#host = args.host;

    const packages = this.#installPackages();
    const settings = this.#settle(packages);
    const fail2ban = { ...this.#on, unit: "fail2ban.service" };
    const resource = new SystemdUnit(`${this.name}-fail2ban`, fail2ban, this.#opts(settings));
    this.#host.facilities.bans = { resource, never: args.neverBan ?? args.ssh.from };
    if (args.audit ?? true) this.#audit(settings);
    const sshd = this.#closePasswords();
    this.#closePorts(packages, sshd);
    this.registerOutputs({});
  }

  #installPackages(): Packages {
    const packages = ["fail2ban", "python3-systemd", "ufw", "unattended-upgrades"];
    if (this.#args.audit ?? true) packages.push("auditd");
    // Taking the firewall off a host because a stack went away would open it.
    return new Packages(`${this.name}-packages`, { ...this.#on, packages, retain: true }, this.#opts());
  }

  /** All configuration files as one set: what a host has of them is looked at, and written, in one go. */
  #settle(packages: Packages): Files {
    const { ssh, sysctl = "all", reboot = false, rebootTime = "04:30" } = this.#args;
    const { audit = true, neverBan = ssh.from, banTime = "1h", journalMaxUse = "500M" } = this.#args;
    const jail = { sshPort: this.#sshPort, ignore: neverBan, banTime, maxRetry: 5 };
    const files = {
      [JOURNALD]: { content: renderJournald({ maxUse: journalMaxUse, keepFree: "1G" }) },
      [SYSCTL]: { content: renderSysctl({ kernel: sysctl === "all" }) },
      "/etc/apt/apt.conf.d/20auto-upgrades": { content: renderAutoUpgrades() },
      "/etc/apt/apt.conf.d/52quayside-upgrades": { content: renderUnattendedUpgrades({ reboot, rebootTime }) },
      [JAILS]: { content: renderFail2ban(jail) },
      ...(audit && { "/etc/audit/rules.d/60-quayside.rules": { content: renderAuditRules(), mode: "0640" } }),
    };
    const reload = {
      "systemd-journald.service": [JOURNALD],
      "systemd-sysctl.service": [SYSCTL],
      "fail2ban.service": [JAILS],
    };
    return new Files(`${this.name}-settings`, { ...this.#on, files, reload }, this.#opts(packages));
  }

  #audit(settings: Files): void {
    // It cannot reload: its rules are loaded when it starts.
    const args = { ...this.#on, unit: "auditd.service", restartOn: [renderAuditRules()] };
    new SystemdUnit(`${this.name}-auditd`, args, this.#opts(settings));
  }

  #closePasswords(): SshDaemon {
    const args: SshDaemonArgs = { ...this.#on, ports: [this.#sshPort] };
    const opts = onHost(this.#host, this.child({ dependsOn: this.#mesh() }));
    return new SshDaemon(...transformed(this.#args.transform?.sshd, `${this.name}-sshd`, args, opts));
  }

  #closePorts(packages: Packages, sshd: SshDaemon): void {
    const { ssh, openings = {} } = this.#args;
    const rules = { ssh: { port: this.#sshPort, from: [...ssh.from] }, ...openings };
    this.#host.facilities.openings = rules;
    const args: FirewallArgs = { ...this.#on, rules };
    new Firewall(
      ...transformed(this.#args.transform?.firewall, `${this.name}-firewall`, args, this.#opts(packages, sshd)),
    );
  }

  /** SSH is left to the mesh once that leads to the host; the mesh may be declared after this. */
  async #mesh(): Promise<pulumi.Resource[]> {
    if (!this.#host.ssh) return [];
    await new Promise((declared) => setImmediate(declared));
    const { mesh } = this.#host.facilities;
    return mesh ? [mesh] : [];
  }

  get #sshPort(): number {
    return sshPortOf(this.#args);
  }

  get #on() {
    return { host: this.#host.connection };
  }

  #opts(...dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions {
    return onHost(this.#host, this.child({ dependsOn }));
  }
}
