import { expect, it } from "vitest";
import { exposureOf, keyOf } from "./exposure.ts";
import { platformOf } from "./platform.ts";
import { resourcesAfter } from "./preview.ts";
import { recorded } from "./testdata/recorded.ts";

const platform = (name: string) => platformOf(resourcesAfter(recorded(name)));

it("knows which host a service is on, also of hosts that are still to be created", () => {
  const services = platform("lab").hosts.map(({ name, services }) => [name, services.map((service) => service.name)]);
  expect(services).toEqual([
    ["apps", ["apps-edge", "site"]],
    ["core", ["app", "edge", "postgres", "redis"]],
  ]);
});

it("knows what a service needs", () => {
  const core = platform("lab").hosts.find(({ name }) => name === "core");
  expect(core?.services.find(({ name }) => name === "app")?.needs).toEqual(["postgres", "redis"]);
});

it("lists what of production can be reached, and from where", () => {
  expect(exposureOf(platform("prod")).map(keyOf)).toMatchSnapshot();
});

it("counts a port as closed that the cloud's firewall does not let through", () => {
  const ports = exposureOf(platform("prod")).filter(({ kind, host }) => kind === "port" && host === "prod-apps");
  // The host's own firewall opens 443/udp, the cloud's does not.
  expect(ports.map(({ what }) => what)).not.toContain("443/udp");
  expect(ports.map(({ what }) => what)).toContain("443/tcp");
});
