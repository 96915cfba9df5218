import { expect, test } from "vitest";
import { check } from "../engine/check.ts";
import { diffProperties } from "../engine/diff.ts";
import type { Properties } from "../engine/values.ts";
import { networkState } from "./inspection.ts";
import { dockerNetworkType } from "./type.ts";

const host = { name: "core", address: "203.0.113.10" };
const faults = (inputs: Properties) =>
  check(dockerNetworkType.schema, { properties: { host, ...inputs }, secrets: [], unknowns: [] }).faults;

test("every fault is named at once, with what may have been meant", () => {
  expect(
    faults({ name: "host", subnet: "172.20.1.7/24", gateway: "x", ipv6Subnet: "10.0.0.0/8", driver: "overlay" }),
  ).toEqual([
    { path: "name", reason: 'bridge, host and none are Docker\'s own networks (got "host")' },
    { path: "driver", reason: 'bridge, macvlan or ipvlan (got "overlay")' },
    {
      path: "subnet",
      reason: 'this is an address inside a range; the range itself is 172.20.1.0/24 (got "172.20.1.7/24")',
    },
    { path: "gateway", reason: 'an IPv4 address is needed (got "x")' },
    { path: "ipv6Subnet", reason: 'an IPv6 range is needed, such as fd00:20:1::/64 (got "10.0.0.0/8")' },
  ]);
});

test("an IPv6 range is written the way Docker reports it", () => {
  expect(dockerNetworkType.schema.parse({ host, name: "n", ipv6Subnet: "FD00:0:0::/64" }).ipv6Subnet).toBe("fd00::/64");
});

const inspection = {
  Name: "backend",
  Driver: "bridge",
  EnableIPv6: false,
  Internal: false,
  Attachable: false,
  IPAM: { Config: [{ Subnet: "172.30.1.0/24" }] },
  Options: { "com.docker.network.driver.mtu": "1400", "com.docker.network.bridge.name": "br-back" },
  Labels: { "com.docker.compose.project": "x" },
};

test("options and labels that nobody declared are not ours", () => {
  expect(networkState(inspection)).toEqual({
    name: "backend",
    driver: "bridge",
    subnet: "172.30.1.0/24",
    gateway: "172.30.1.1",
    internal: false,
    attachable: false,
    options: {},
    labels: {},
  });
  const before = { options: { "com.docker.network.bridge.name": "br-back" }, labels: {} };
  expect(networkState(inspection, {}, before).options).toEqual(before.options);
});

test("IPv6 that is not declared any more is a difference, and none that never was there", () => {
  const wanted = dockerNetworkType.schema.parse({ host, name: "backend" }) as unknown as Properties;
  const observed = { host, ...networkState(inspection) } as unknown as Properties;
  const rules = { identity: ["name"], settings: [] };
  expect(diffProperties(wanted, observed, rules)).toEqual([]);
  expect(diffProperties(wanted, { ...observed, ipv6Subnet: "fd00::/64" }, rules)).toEqual([
    { path: "ipv6Subnet", kind: "update", replace: false },
  ]);
});
