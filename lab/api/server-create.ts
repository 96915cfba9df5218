/** Ordering a server: everything is checked before anything is made. */
import { z } from "zod";
import type { ServerType } from "./catalogue.ts";
import { type Cloud, find } from "./cloud.ts";
import { ApiError, invalidField, locked, unavailable } from "./errors.ts";
import { assertFreeName, idField, idOrNameField, labelsField } from "./input.ts";
import { findImage, findLocation, findLocationOfDatacenter, findServerType } from "./offers.ts";
import { assertAssignable, newPrimaryIp } from "./primary-ip.ts";
import type { PrimaryIpRecord, ServerRecord, SshKeyRecord, VolumeRecord } from "./state.ts";
import { memberAddress } from "./subnets.ts";

/** A spread group puts each server on another machine; the real cloud allows so many. */
export const MAX_SPREAD = 10;
const MAX_USER_DATA = 32 * 1024;

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

export const serverName = z.string().regex(hostName, "must be a valid hostname as per RFC 1123");

export const createServerBody = z.object({
  name: serverName,
  server_type: idOrNameField,
  image: idOrNameField,
  location: idOrNameField.nullish(),
  datacenter: idOrNameField.nullish(),
  ssh_keys: z.array(idOrNameField).default([]),
  user_data: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= MAX_USER_DATA, "must have at most 32 KiB")
    .nullish(),
  start_after_create: z.boolean().nullish(),
  labels: labelsField.default({}),
  automount: z.boolean().nullish(),
  volumes: z.array(idField).default([]),
  networks: z.array(idField).default([]),
  firewalls: z.array(z.object({ firewall: idField })).default([]),
  placement_group: idField.nullish(),
  public_net: z
    .object({
      enable_ipv4: z.boolean().default(true),
      enable_ipv6: z.boolean().default(true),
      ipv4: idField.nullish(),
      ipv6: idField.nullish(),
    })
    .default({ enable_ipv4: true, enable_ipv6: true }),
});
export type CreateServer = z.output<typeof createServerBody>;

/**
 * Puts an ordered server into the state, not yet its machine.
 *
 * @throws ApiError `uniqueness_error`, `invalid_input`, `resource_unavailable`, `placement_error`, `not_found` ...
 */
export function orderServer(cloud: Cloud, body: CreateServer): ServerRecord {
  const { state, store } = cloud;
  assertFreeName(state.servers, body.name, "server");
  const type = findServerType(body.server_type);
  const location = place(body, type);
  if (cloud.faults.isUnavailable(type.name, location)) {
    throw unavailable(`server type ${type.name} is currently unavailable in ${location}`);
  }
  const image = findImage(body.image, type.architecture);
  const sshKeys = body.ssh_keys.map((idOrName) => sshKey(state.sshKeys, idOrName).publicKey);
  const volumes = body.volumes.map((id) => freeVolume(cloud, id, location));
  const networks = body.networks.map((id) => find(state.networks, id, "network"));
  const servers = Object.values(state.servers);
  const privateNets = networks.map((network) => ({
    network: network.id,
    ip: memberAddress(network, servers, {}),
    aliasIps: [],
  }));
  const firewalls = body.firewalls.map((it) => find(state.firewalls, it.firewall, "firewall"));
  if (body.placement_group) assertRoomInGroup(cloud, body.placement_group);
  const { public_net: net } = body;
  if (!net.enable_ipv4 && !net.enable_ipv6 && body.firewalls.length > 0) {
    throw new ApiError(422, "private_net_only_server", "a server without a public network cannot have firewalls");
  }
  const ipv4 = net.enable_ipv4 ? address(cloud, "ipv4", net.ipv4, location) : null;
  const ipv6 = net.enable_ipv6 ? address(cloud, "ipv6", net.ipv6, location) : null;

  // Nothing below can fail: the order is entered as a whole.
  const server: ServerRecord = {
    id: store.nextId(),
    name: body.name,
    status: "initializing",
    created: new Date().toISOString(),
    serverType: type.name,
    image: image.id,
    location,
    ipv4: ipv4?.id ?? null,
    ipv6: ipv6?.id ?? null,
    privateNets,
    labels: body.labels,
    protection: { delete: false, rebuild: false },
    backupWindow: null,
    placementGroup: body.placement_group ?? null,
    primaryDiskSize: type.disk,
    sshKeys,
    userData: body.user_data ?? null,
    automount: body.automount ?? false,
  };
  state.servers[server.id] = server;
  for (const ip of [ipv4, ipv6]) {
    if (!ip) continue;
    ip.assignee = server.id;
    state.primaryIps[ip.id] = ip;
  }
  for (const volume of volumes) {
    volume.server = server.id;
    volume.automount = server.automount;
  }
  for (const firewall of firewalls) firewall.servers.push(server.id);
  return server;
}

/** @throws ApiError `placement_error` when the group is full. */
export function assertRoomInGroup(cloud: Cloud, id: number): void {
  const group = find(cloud.state.placementGroups, id, "placement group");
  const members = Object.values(cloud.state.servers).filter((server) => server.placementGroup === group.id);
  if (members.length >= MAX_SPREAD) {
    throw unavailable(`placement group ${group.name} already has ${MAX_SPREAD} servers`, "placement_error");
  }
}

function place(body: CreateServer, type: ServerType): string {
  const offered = Object.keys(type.prices);
  if (!body.location && !body.datacenter) return offered[0] ?? "";
  const name = body.location ? findLocation(body.location).name : findLocationOfDatacenter(body.datacenter ?? "").name;
  if (!offered.includes(name)) {
    throw invalidField(
      "server_type",
      `server type ${type.name} is not offered in ${name}, only in ${offered.join(", ")}`,
    );
  }
  return name;
}

function sshKey(keys: Record<string, SshKeyRecord>, idOrName: string): SshKeyRecord {
  const found = keys[idOrName] ?? Object.values(keys).find((key) => key.name === idOrName);
  if (!found) throw invalidField("ssh_keys", `SSH key ${idOrName} not found`);
  return found;
}

function freeVolume(cloud: Cloud, id: number, location: string): VolumeRecord {
  const volume = find(cloud.state.volumes, id, "volume");
  if (volume.server !== null) {
    throw new ApiError(409, "volume_already_attached", `volume ${id} is already attached to a server`);
  }
  if (cloud.actions.isBusy("volume", id)) throw locked(`volume ${id}`);
  if (volume.location !== location) {
    throw invalidField("volumes", `volume ${id} is in ${volume.location}, the server in ${location}`);
  }
  return volume;
}

/** Only a chosen address outlives its server. */
function address(
  cloud: Cloud,
  type: "ipv4" | "ipv6",
  id: number | null | undefined,
  location: string,
): PrimaryIpRecord {
  if (!id) return newPrimaryIp(cloud, { type, location, autoDelete: true, labels: {} });
  const ip = find(cloud.state.primaryIps, id, "Primary IP");
  assertAssignable(ip, type, location);
  return ip;
}
