import { expect, test } from "vitest";
import { DockerNetworks } from "../../components/docker/networks.ts";
import { Alloy } from "../../components/logs/alloy.ts";
import { Loki } from "../../components/logs/loki.ts";
import { internalCa } from "../../components/proxy/acme.ts";
import { Caddy } from "../../components/proxy/caddy.ts";
import { publicRoute } from "../../components/proxy/route.ts";
import { httpHealth } from "../../components/services/health.ts";
import { Service } from "../../components/services/service.ts";
import { faultsOf, recordResources, resourcesOf, server } from "./mocks.ts";

recordResources();

function platform() {
  const host = server();
  const net = new DockerNetworks("networks", {
    host,
    networks: { frontend: { subnet: "172.20.1.0/24" }, monitoring: { subnet: "172.20.3.0/24", internal: true } },
  });
  const app = new Service("app", {
    host,
    image: "acme/app:1.0.0",
    networks: [net.frontend],
    http: 8080,
    health: httpHealth(8080),
  });
  const routes = [publicRoute("www.example.org", app.http)];
  const edge = new Caddy("edge", { host, network: net.frontend, acme: internalCa(), routes });
  return { host, net, edge };
}

test("Alloy reads the folder of the proxy's log and writes to Loki beside it", async () => {
  const resources = await resourcesOf(() => {
    const { host, net, edge } = platform();
    const loki = new Loki("loki", { host, networks: [net.monitoring], days: 14 });
    new Alloy("alloy", { host, networks: [net.monitoring], to: loki.http, proxies: [edge] });
  });
  expect(resources["alloy-compose"]?.inputs).toMatchObject({
    compose: {
      services: {
        alloy: {
          user: "0:0",
          cap_drop: ["ALL"],
          read_only: true,
          volumes: [
            "/opt/acme/data/alloy/data:/var/lib/alloy/data",
            "./files/etc/alloy/config.alloy:/etc/alloy/config.alloy:ro",
            "/opt/acme/data/edge/logs:/var/log/proxies/edge:ro",
          ],
        },
      },
    },
  });
  const files = resources["alloy-compose"]?.inputs["files"] as Record<string, { content: string }> | undefined;
  const config = files?.["files/etc/alloy/config.alloy"]?.content;
  expect(config).toContain('{__path__ = "/var/log/proxies/edge/access.log", job = "access", proxy = "edge"},');
  expect(config).toContain('url = "http://loki:3100/loki/api/v1/push"');
  expect(JSON.stringify(resources["loki-compose"]?.inputs)).toContain(String.raw`\"retention_period\": \"336h\"`);
});

test("what asks for no password is not put where others come by, and is not kept for half a day", () => {
  const { host, net } = platform();
  expect(faultsOf(() => new Loki("loki", { host, networks: [net.frontend], days: 0.5 }))).toEqual([
    "networks[0] is frontend, which has a way out; Loki asks for no password and needs internal networks",
    "days is 0.5; a whole number of days, 1 or more, is needed",
  ]);
});

test("Alloy brings the logs of its own host, to where it can reach", () => {
  const { host, net, edge } = platform();
  const networks = [net.monitoring];
  const loki = new Loki("loki", { host, networks });
  const other = server("other");
  const there = new DockerNetworks("there", { host: other, networks: { monitoring: { subnet: "172.21.3.0/24" } } });
  const declare = () =>
    new Alloy("alloy", { host: other, networks: [there.monitoring], to: loki.http, proxies: [edge] });
  expect(faultsOf(declare)).toEqual([
    'proxies[0] is "edge" on core, but this is on other; every host needs its own',
    'to is service "loki" on core, but this is on other; give the address of its route',
  ]);
  expect(faultsOf(() => new Alloy("alloy", { host, networks, to: "loki.example.org", proxies: [] }))).toEqual([
    "proxies is empty; there would be nothing to bring",
    'to is "loki.example.org"; an address such as https://loki.example.org is needed',
    "networks have no way out, and loki.example.org is not on this host; one with a way out is needed",
  ]);
});
