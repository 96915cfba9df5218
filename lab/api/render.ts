/** The resources in the shapes of the real API (hcloud-go's `schema` package, hcloud-python's domain classes). */

import type { Cloud } from "./cloud.ts";
import { appliedServers, firewallsOf } from "./firewalling.ts";
import { formatAddress, parseRange } from "./ipv4.ts";
import { isLocked } from "./lock.ts";
import { findImage, findLocation, findServerType } from "./offers.ts";
import { renderDatacenter, renderImage, renderLocation, renderServerType } from "./render-catalogue.ts";
import type {
  ActionRecord,
  FirewallRecord,
  NetworkRecord,
  PlacementGroupRecord,
  PrimaryIpRecord,
  ServerRecord,
  SshKeyRecord,
  VolumeRecord,
} from "./state.ts";

const TB = 2 ** 40;

export function renderAction(action: ActionRecord) {
  const { params: _params, ...visible } = action;
  return visible;
}

export function renderServer(cloud: Cloud, server: ServerRecord) {
  const type = findServerType(server.serverType);
  const group = server.placementGroup === null ? undefined : cloud.state.placementGroups[server.placementGroup];
  const backend = Object.values(cloud.state.volumes).filter((volume) => volume.server === server.id);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: server.created,
    public_net: {
      ipv4: publicIp(cloud, server.ipv4, (ip) => ip.dnsPtr[0]?.dns_ptr ?? ""),
      ipv6: publicIp(cloud, server.ipv6, (ip) => ip.dnsPtr),
      floating_ips: [],
      firewalls: firewallsOf(cloud.state, server).map((firewall) => ({
        id: firewall.id,
        status: cloud.actions.isBusy("firewall", firewall.id) ? "pending" : "applied",
      })),
    },
    private_net: server.privateNets.map((net) => ({
      network: net.network,
      ip: net.ip,
      alias_ips: net.aliasIps,
      mac_address: macAddress(net.network, net.ip),
    })),
    server_type: renderServerType(cloud, type),
    location: renderLocation(findLocation(server.location)),
    datacenter: renderDatacenter(cloud, findLocation(server.location)),
    image: renderImage(findImage(server.image)),
    iso: null,
    rescue_enabled: false,
    locked: isLocked(cloud, server.id),
    backup_window: server.backupWindow,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: Math.round((type.prices[server.location]?.trafficTb ?? 0) * TB),
    protection: server.protection,
    labels: server.labels,
    volumes: backend.map((volume) => volume.id),
    load_balancers: [],
    primary_disk_size: server.primaryDiskSize,
    placement_group: group ? renderPlacementGroup(cloud, group) : null,
  };
}

function publicIp<T>(cloud: Cloud, id: number | null, dnsPtr: (ip: PrimaryIpRecord) => T) {
  const record = id === null ? undefined : cloud.state.primaryIps[id];
  return record ? { id: record.id, ip: record.ip, blocked: false, dns_ptr: dnsPtr(record) } : null;
}

/** Stable, from what it belongs to; the machine's own may differ. */
function macAddress(network: number, ip: string): string {
  const bytes = [network % 256, ...ip.split(".").map(Number)];
  return ["86", ...bytes.map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

export function renderSshKey(key: SshKeyRecord) {
  const { publicKey, ...rest } = key;
  return { ...rest, public_key: publicKey };
}

export function renderPrimaryIp(cloud: Cloud, ip: PrimaryIpRecord) {
  const place = findLocation(ip.location);
  return {
    id: ip.id,
    name: ip.name,
    type: ip.type,
    ip: ip.ip,
    labels: ip.labels,
    created: ip.created,
    blocked: false,
    location: renderLocation(place),
    datacenter: renderDatacenter(cloud, place),
    assignee_id: ip.assignee,
    assignee_type: "server",
    auto_delete: ip.autoDelete,
    protection: ip.protection,
    dns_ptr: ip.dnsPtr,
  };
}

export function renderVolume(volume: VolumeRecord) {
  const { location, linuxDevice, automount: _automount, ...rest } = volume;
  return { ...rest, location: renderLocation(findLocation(location)), linux_device: linuxDevice };
}

export function renderNetwork(cloud: Cloud, network: NetworkRecord) {
  const members = Object.values(cloud.state.servers).filter((server) =>
    server.privateNets.some((net) => net.network === network.id),
  );
  return {
    id: network.id,
    name: network.name,
    created: network.created,
    ip_range: network.ipRange,
    subnets: network.subnets.map((subnet) => ({
      type: subnet.type,
      ip_range: subnet.ipRange,
      network_zone: subnet.networkZone,
      gateway: networkGateway(network.ipRange),
      vswitch_id: subnet.vswitchId,
    })),
    routes: network.routes,
    servers: members.map((server) => server.id),
    load_balancers: [],
    protection: network.protection,
    labels: network.labels,
    expose_routes_to_vswitch: network.exposeRoutesToVswitch,
  };
}

/** The first address after the network's own is the cloud's router, for all its subnets. */
export function networkGateway(ipRange: string): string {
  return formatAddress((parseRange(ipRange)?.first ?? 0) + 1);
}

export function renderFirewall(cloud: Cloud, firewall: FirewallRecord) {
  const server = (id: number) => ({ type: "server", server: { id } });
  return {
    id: firewall.id,
    name: firewall.name,
    labels: firewall.labels,
    created: firewall.created,
    rules: firewall.rules,
    applied_to: [
      ...firewall.servers.map(server),
      ...firewall.selectors.map((selector) => ({
        type: "label_selector",
        label_selector: { selector },
        applied_to_resources: appliedServers(cloud.state, { ...firewall, servers: [], selectors: [selector] }).map(
          server,
        ),
      })),
    ],
  };
}

export function renderPlacementGroup(cloud: Cloud, group: PlacementGroupRecord) {
  const members = Object.values(cloud.state.servers).filter((server) => server.placementGroup === group.id);
  return { ...group, servers: members.map((server) => server.id) };
}
