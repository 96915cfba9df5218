import { describe, expect, it } from "vitest";
import { aServer, type Json, testCloud } from "./testing.ts";

const allow = (port: string) => ({ direction: "in", protocol: "tcp", port, source_ips: ["0.0.0.0/0", "::/0"] });
const ports = (rules: { port?: string }[] | null | undefined) => rules?.map((rule) => rule.port);

describe("cloud firewalls", () => {
  it("hold for a server together, and no longer than they are applied", async () => {
    const { call, done, driver } = testCloud();
    const one = (await done("POST", "/firewalls", { name: "one", rules: [allow("22")] })).firewall;
    const { server } = await done("POST", "/servers", aServer("web", { firewalls: [{ firewall: one.id }] }));
    expect(ports(driver.firewalls.get(server.id))).toEqual(["22"]);

    const target = [{ type: "server", server: { id: server.id } }];
    await done("POST", "/firewalls", { name: "two", rules: [allow("443"), allow("22")], apply_to: target });
    expect(ports(driver.firewalls.get(server.id))).toEqual(["22", "443"]);

    await done("POST", `/firewalls/${one.id}/actions/set_rules`, { rules: [allow("2222")] });
    expect(ports(driver.firewalls.get(server.id))).toEqual(["2222", "443", "22"]);

    expect((await call("DELETE", `/firewalls/${one.id}`)).body.error.code).toBe("resource_in_use");
    await done("POST", `/firewalls/${one.id}/actions/remove_from_resources`, { remove_from: target });
    expect((await call("DELETE", `/firewalls/${one.id}`)).status).toBe(204);
    expect(ports(driver.firewalls.get(server.id))).toEqual(["443", "22"]);
  });

  it("follow labels", async () => {
    const { call, done, driver } = testCloud();
    const applyTo = [{ type: "label_selector", label_selector: { selector: "role=web" } }];
    const { firewall } = await done("POST", "/firewalls", { name: "web", rules: [], apply_to: applyTo });
    const { server } = await done("POST", "/servers", aServer("web", { labels: { role: "web" } }));
    expect(driver.firewalls.get(server.id)).toEqual([]);
    const seen: Json = (await call("GET", `/firewalls/${firewall.id}`)).body.firewall;
    expect(seen.applied_to[0].applied_to_resources).toEqual([{ type: "server", server: { id: server.id } }]);
    await done("PUT", `/servers/${server.id}`, { labels: { role: "db" } });
    expect(driver.firewalls.get(server.id)).toBeNull();
    await done("PUT", `/servers/${server.id}`, { labels: { role: "web" } });
    expect(driver.firewalls.get(server.id)).toEqual([]);
  });

  it("report every wrong rule at once", async () => {
    const { call } = testCloud();
    const rules = [
      { direction: "in", protocol: "tcp", source_ips: ["0.0.0.0/0"] },
      { direction: "in", protocol: "icmp", port: "80", source_ips: ["10.0.0.1"] },
      { direction: "in", protocol: "udp", port: "90-80" },
    ];
    const { body } = await call("POST", "/firewalls", { name: "bad", rules });
    expect(body.error.details.fields.map((field: { name: string }) => field.name)).toEqual([
      "rules.0.port",
      "rules.1.source_ips.0",
      "rules.1.port",
      "rules.2.port",
      "rules.2.source_ips",
    ]);
  });
});
