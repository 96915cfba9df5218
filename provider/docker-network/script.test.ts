import { expect, test } from "vitest";
import type { ContainerInspection, NetworkState } from "./inspection.ts";
import { createNetwork, remakeNetwork } from "./script.ts";

const network: NetworkState = {
  name: "backend",
  driver: "bridge",
  subnet: "172.30.1.0/24",
  internal: true,
  attachable: false,
  options: {},
  labels: {},
};

test("a network is created by one command", () => {
  const options = { "com.docker.network.bridge.name": "br-back" };
  const more = { gateway: "172.30.1.9", ipv6Subnet: "fd00:1::/64", options, labels: { note: "it's ours" } };
  expect(createNetwork({ ...network, ...more })).toBe(
    "docker network create --driver bridge --subnet 172.30.1.0/24 --gateway 172.30.1.9 --ipv6 --subnet fd00:1::/64 " +
      "--internal --opt com.docker.network.bridge.name=br-back --label 'note=it'\\''s ours' backend >/dev/null",
  );
});

test("containers come back with their aliases, and with their addresses while those belong to the network", () => {
  const container: ContainerInspection = {
    Name: "/db",
    State: { Status: "running" },
    NetworkSettings: {
      Networks: {
        backend: { Aliases: ["postgres"], IPAMConfig: { IPv4Address: "172.30.1.5" }, DriverOpts: null },
        other: { Aliases: ["no"], IPAMConfig: null, DriverOpts: null },
      },
    },
  };
  const sameRange = remakeNetwork(network, { ...network, internal: false }, [container]);
  expect(sameRange.match(/docker network connect.*backend db/g)).toEqual([
    "docker network connect --alias postgres --ip 172.30.1.5 backend db",
    "docker network connect --alias postgres --ip 172.30.1.5 backend db",
  ]);
  const otherRange = remakeNetwork(network, { ...network, subnet: "172.30.2.0/24" }, [container]);
  expect(otherRange.match(/docker network connect.*backend db/g)).toEqual([
    "docker network connect --alias postgres backend db",
    "docker network connect --alias postgres --ip 172.30.1.5 backend db",
  ]);
});
