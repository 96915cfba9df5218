/** Everything that the emulated cloud remembers. Plain data: it is written to disk as JSON after every change. */

export interface Dated {
  id: number;
  created: string;
  labels: Record<string, string>;
}

export interface Named extends Dated {
  name: string;
}

export type ServerState =
  | "initializing"
  | "starting"
  | "running"
  | "stopping"
  | "off"
  | "deleting"
  | "rebuilding"
  | "unknown";

export interface ServerRecord extends Named {
  status: ServerState;
  serverType: string;
  image: number;
  location: string;
  ipv4: number | null;
  ipv6: number | null;
  privateNets: { network: number; ip: string; aliasIps: string[] }[];
  protection: { delete: boolean; rebuild: boolean };
  backupWindow: string | null;
  placementGroup: number | null;
  primaryDiskSize: number;
  /** OpenSSH public keys let in at creation and at every rebuild. */
  sshKeys: string[];
  userData: string | null;
  /** Volumes asked for at creation are mounted when this is set. */
  automount: boolean;
}

export interface SshKeyRecord extends Named {
  fingerprint: string;
  publicKey: string;
}

export interface PrimaryIpRecord extends Named {
  type: "ipv4" | "ipv6";
  /** An address for IPv4, a /64 in CIDR notation for IPv6. */
  ip: string;
  location: string;
  assignee: number | null;
  autoDelete: boolean;
  protection: { delete: boolean };
  dnsPtr: { ip: string; dns_ptr: string }[];
}

export interface VolumeRecord extends Named {
  size: number;
  format: "ext4" | "xfs" | null;
  location: string;
  server: number | null;
  automount: boolean;
  status: "creating" | "available";
  protection: { delete: boolean };
  linuxDevice: string;
}

export interface NetworkRecord extends Named {
  ipRange: string;
  subnets: { type: string; ipRange: string; networkZone: string; vswitchId: number | null }[];
  routes: { destination: string; gateway: string }[];
  protection: { delete: boolean };
  exposeRoutesToVswitch: boolean;
}

export interface FirewallRuleRecord {
  direction: "in" | "out";
  protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  port: string | null;
  source_ips: string[];
  destination_ips: string[];
  description: string | null;
}

export interface FirewallRecord extends Named {
  rules: FirewallRuleRecord[];
  servers: number[];
  selectors: string[];
}

export interface PlacementGroupRecord extends Named {
  type: "spread";
}

export interface RrsetRecord {
  name: string;
  type: string;
  /** Null for the zone's own. */
  ttl: number | null;
  labels: Record<string, string>;
  protection: { change: boolean };
  records: { value: string; comment: string }[];
}

export interface ZoneRecord extends Named {
  ttl: number;
  protection: { delete: boolean };
  rrsets: RrsetRecord[];
  /** Counted up at each change, as the SOA record shows. */
  serial: number;
}

export interface ActionRecord {
  id: number;
  command: string;
  status: "running" | "success" | "error";
  progress: number;
  started: string;
  finished: string | null;
  error: { code: string; message: string } | null;
  resources: { id: number; type: string }[];
  /** What the work needs beyond the resources, so that it can be taken up again after a restart. */
  params: Record<string, number | string | boolean>;
}

export type Table<T> = Record<string, T>;

export interface State {
  version: 1;
  nextId: number;
  servers: Table<ServerRecord>;
  sshKeys: Table<SshKeyRecord>;
  primaryIps: Table<PrimaryIpRecord>;
  volumes: Table<VolumeRecord>;
  networks: Table<NetworkRecord>;
  firewalls: Table<FirewallRecord>;
  placementGroups: Table<PlacementGroupRecord>;
  zones: Table<ZoneRecord>;
  actions: Table<ActionRecord>;
}

/**
 * A cloud without anything in it.
 *
 * @param firstId where ids start. A random start per lab keeps a stale client state of an earlier lab from taking
 * someone else's server for its own.
 */
export function emptyState(firstId: number): State {
  return {
    version: 1,
    nextId: firstId,
    servers: {},
    sshKeys: {},
    primaryIps: {},
    volumes: {},
    networks: {},
    firewalls: {},
    placementGroups: {},
    zones: {},
    actions: {},
  };
}
