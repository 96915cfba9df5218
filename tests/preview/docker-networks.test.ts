import { describe, expect, test } from "vitest";
import { DockerNetworks } from "../../components/docker/networks.ts";
import { faultsOf, recordResources, resourcesOf, server } from "./mocks.ts";

recordResources();

describe("DockerNetworks", () => {
  test("makes one network for each key, and hands them out by name", async () => {
    const resources = await resourcesOf(() => {
      const net = new DockerNetworks("networks", {
        host: server(),
        networks: {
          frontend: { subnet: "172.20.1.0/24", ipv6Subnet: "fd00:20:1::/64" },
          backend: { subnet: "172.20.2.0/24", internal: true },
        },
      });
      expect(net.backend).toMatchObject({ name: "backend", internal: true, gateway: "172.20.2.1" });
      expect(net.frontend).toMatchObject({ name: "frontend", internal: false, subnet: "172.20.1.0/24" });
    });
    expect(resources["networks-backend"]).toMatchObject({
      type: "quayside:host:DockerNetwork",
      inputs: {
        name: "backend",
        subnet: "172.20.2.0/24",
        gateway: "172.20.2.1",
        internal: true,
        host: { name: "core" },
      },
    });
    expect(resources["networks-frontend"]?.inputs).toMatchObject({ internal: false, ipv6Subnet: "fd00:20:1::/64" });
  });

  test("a network can be adjusted", async () => {
    const resources = await resourcesOf(() => {
      new DockerNetworks("networks", {
        host: server(),
        networks: { frontend: { subnet: "172.20.1.0/24" } },
        transform: { network: { labels: { team: "web" } } },
      });
    });
    expect(resources["networks-frontend"]?.inputs.labels).toEqual({ team: "web" });
  });

  test("faults of names and ranges come together", () => {
    const host = server();
    new DockerNetworks("others", { host, networks: { shared: { subnet: "172.20.8.0/22" } } });
    const faults = faultsOf(
      () =>
        new DockerNetworks("networks", {
          host,
          networks: {
            Front_End: { subnet: "172.20.1.0/24" },
            bridge: { subnet: "172.20.2.0/24" },
            urn: { subnet: "172.20.3.0/24" },
            shared: { subnet: "172.20.4.0/24" },
            backend: { subnet: "172.20.9.0/24", internal: true },
          },
        }),
    );
    expect(faults).toEqual([
      "networks.Front_End is not a network name; lower-case letters, digits and hyphens are allowed",
      "networks.bridge has the name of one of Docker's own networks; choose another name",
      "networks.urn has a name that every component uses itself; choose another name",
      'networks.shared is there already: network shared of "others" on core',
      'networks.backend.subnet is 172.20.9.0/24, which overlaps 172.20.8.0/22 of network shared of "others"; choose another range',
    ]);
  });

  test("the same ranges are fine on another host", () => {
    for (const name of ["core", "hub"]) {
      new DockerNetworks(`networks-${name}`, {
        host: server(name),
        networks: { backend: { subnet: "172.20.2.0/24" } },
      });
    }
  });
});
