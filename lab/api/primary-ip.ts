import type { Cloud } from "./cloud.ts";
import { ApiError } from "./errors.ts";
import type { PrimaryIpRecord, ServerRecord } from "./state.ts";

/** A fresh address, in no table yet. */
export function newPrimaryIp(
  cloud: Cloud,
  wanted: Pick<PrimaryIpRecord, "type" | "location" | "autoDelete" | "labels"> & { name?: string },
): PrimaryIpRecord {
  const id = cloud.store.nextId();
  const ip = cloud.addresses.next(wanted.type);
  const reversed = ip.split(".").reverse().join(".");
  return {
    id,
    name: wanted.name ?? `primary_ip-${id}`,
    type: wanted.type,
    ip,
    labels: wanted.labels,
    created: new Date().toISOString(),
    location: wanted.location,
    assignee: null,
    autoDelete: wanted.autoDelete,
    protection: { delete: false },
    dnsPtr: wanted.type === "ipv4" ? [{ ip, dns_ptr: `static.${reversed}.clients.your-server.de` }] : [],
  };
}

/**
 * Checks that an address may go to a place.
 *
 * @throws ApiError `primary_ip_already_assigned`, `primary_ip_version_mismatch`, `primary_ip_datacenter_mismatch`.
 */
export function assertAssignable(ip: PrimaryIpRecord, type: "ipv4" | "ipv6", location: string): void {
  if (ip.assignee !== null) {
    throw new ApiError(409, "primary_ip_already_assigned", `Primary IP ${ip.id} is already assigned to a server`);
  }
  if (ip.type !== type) {
    throw new ApiError(422, "primary_ip_version_mismatch", `Primary IP ${ip.id} is ${ip.type}, not ${type}`);
  }
  if (ip.location !== location) {
    const message = `Primary IP ${ip.id} is in ${ip.location}, the server in ${location}`;
    throw new ApiError(422, "primary_ip_datacenter_mismatch", message);
  }
}

/** @throws ApiError as {@link assertAssignable}, or `server_not_stopped`, `server_has_ipv4`, `server_has_ipv6`. */
export function assignPrimaryIp(ip: PrimaryIpRecord, server: ServerRecord): void {
  assertAssignable(ip, ip.type, server.location);
  assertOff(server);
  if (server[ip.type] !== null) {
    throw new ApiError(422, `server_has_${ip.type}`, `the server already has an ${ip.type} address`);
  }
  ip.assignee = server.id;
  server[ip.type] = ip.id;
}

/** @throws ApiError `server_not_stopped`. */
export function unassignPrimaryIp(ip: PrimaryIpRecord, server: ServerRecord): void {
  assertOff(server);
  ip.assignee = null;
  server[ip.type] = null;
}

/** Addresses are given to a machine when it starts. */
function assertOff(server: ServerRecord): void {
  if (server.status !== "off") throw new ApiError(422, "server_not_stopped", "the server must be powered off");
}
