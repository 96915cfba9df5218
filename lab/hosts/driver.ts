/**
 * What the emulated cloud asks of the machines below it. The API emulator speaks only this; how a "server" is really
 * made (today: a systemd container) stays behind it.
 */

/** A server as the cloud's API describes it. */
export interface ServerSpec {
  /** The API's id; names every object that belongs to the server. */
  id: number;
  /** Host name. */
  name: string;
  /** Image name as in the cloud's catalogue, for example `debian-13` or `ubuntu-24.04`. */
  image: string;
  cores: number;
  memoryGb: number;
  /** cloud-init user data, as given (with its `#cloud-config` or `#!` first line). */
  userData?: string;
  /** Public keys (OpenSSH format) let in as root. */
  sshKeys: string[];
  /** Public IPv4 address inside the lab's public network; none means no public address. */
  ipv4?: string;
  /** Public IPv6 network or address; accepted, and not routed in the lab. */
  ipv6?: string;
  networks: { id: number; ip: string }[];
  volumes: { id: number; automount: boolean }[];
}

/** One rule of a cloud firewall. An empty list of addresses means any. */
export interface FirewallRule {
  direction: "in" | "out";
  protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  /** A port, a range `80-90`, or `any`. Only with tcp and udp. */
  port?: string;
  sourceIps: string[];
  destinationIps: string[];
}

/** Power state of a server's machine. */
export type ServerStatus = "running" | "off" | "missing";

/** Makes, changes and removes the machines of one lab. Every call may be repeated. */
export interface ServerDriver {
  /** Returns when the machine runs, not when cloud-init is done. */
  create(spec: ServerSpec): Promise<void>;
  start(id: number): Promise<void>;
  stop(id: number, graceful: boolean): Promise<void>;
  reboot(id: number): Promise<void>;
  /** Removes the machine and its disk; volumes are kept. */
  destroy(id: number): Promise<void>;
  /** A fresh disk for the same server: same addresses, networks, volumes and firewall. */
  rebuild(spec: ServerSpec): Promise<void>;
  status(id: number): Promise<ServerStatus>;
  /** Gives a server that is off another public address, or none. */
  setAddress(id: number, ipv4: string | undefined): Promise<void>;
  /** Gives a server that is off other limits. */
  setSize(id: number, cores: number, memoryGb: number): Promise<void>;

  createNetwork(id: number, ipRange: string): Promise<void>;
  destroyNetwork(id: number): Promise<void>;
  attachNetwork(server: number, network: number, ip: string): Promise<void>;
  detachNetwork(server: number, network: number): Promise<void>;

  /** An existing volume keeps its content and grows when it is smaller; its file system does not grow by itself. */
  createVolume(id: number, sizeGb: number, format?: "ext4" | "xfs"): Promise<void>;
  destroyVolume(id: number): Promise<void>;
  /** Returns the device path in the host. */
  attachVolume(server: number, volume: number, automount: boolean): Promise<string>;
  detachVolume(server: number, volume: number): Promise<void>;

  /** Stateful and outside the host's own firewall; `null` means no cloud firewall. */
  applyFirewall(server: number, rules: FirewallRule[] | null): Promise<void>;
}
