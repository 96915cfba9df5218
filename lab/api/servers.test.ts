import { describe, expect, it } from "vitest";
import { aServer, TEST_KEY, testCloud } from "./testing.ts";

describe("ordering a server", () => {
  it("answers with running actions and ends with a running machine", async () => {
    const { call, cloud, driver } = testCloud();
    const key = (await call("POST", "/ssh_keys", { name: "k", public_key: TEST_KEY })).body.ssh_key;
    const { status, body } = await call(
      "POST",
      "/servers",
      aServer("web", { ssh_keys: [key.id], user_data: "#cloud-config" }),
    );
    expect(status).toBe(201);
    expect(body.server.status).toBe("initializing");
    expect(body.server.locked).toBe(true);
    expect(body.action).toMatchObject({ command: "create_server", status: "running", progress: 0, finished: null });
    expect(body.next_actions.map((it: { command: string }) => it.command)).toEqual(["start_server"]);
    expect(body.root_password).toBeNull();

    await cloud.actions.idle();
    const action = (await call("GET", `/actions?id=${body.action.id}&id=${body.next_actions[0].id}`)).body;
    expect(action.actions.map((it: { status: string }) => it.status)).toEqual(["success", "success"]);
    const server = (await call("GET", `/servers/${body.server.id}`)).body.server;
    expect(server).toMatchObject({
      status: "running",
      locked: false,
      private_net: [],
      iso: null,
      rescue_enabled: false,
    });
    expect(server.datacenter.name).toBe("fsn1-dc14");
    expect(driver.machines.get(server.id)?.spec).toMatchObject({
      name: "web",
      image: "debian-13",
      cores: 2,
      sshKeys: [TEST_KEY],
      userData: "#cloud-config",
      ipv4: server.public_net.ipv4.ip,
    });
  });

  it("puts it where and as it was ordered", async () => {
    const { call, done, driver } = testCloud();
    const group = (await done("POST", "/placement_groups", { name: "pg", type: "spread" })).placement_group;
    const subnets = [{ type: "cloud", ip_range: "10.0.1.0/24", network_zone: "eu-central" }];
    const network = (await done("POST", "/networks", { name: "n", ip_range: "10.0.0.0/16", subnets })).network;
    const volume = (await done("POST", "/volumes", { name: "v", size: 10, location: "fsn1" })).volume;
    const ip = (await done("POST", "/primary_ips", { name: "ip", type: "ipv4", location: "fsn1" })).primary_ip;
    const { server } = await done(
      "POST",
      "/servers",
      aServer("web", {
        networks: [network.id],
        volumes: [volume.id],
        placement_group: group.id,
        public_net: { enable_ipv4: true, enable_ipv6: false, ipv4: ip.id },
        labels: { role: "web" },
      }),
    );
    const got = (await call("GET", `/servers/${server.id}`)).body.server;
    expect(got.public_net.ipv4).toMatchObject({ id: ip.id, ip: ip.ip });
    expect(got.public_net.ipv6).toBeNull();
    expect(got.private_net[0]).toMatchObject({ network: network.id, ip: "10.0.1.1" });
    expect(got.volumes).toEqual([volume.id]);
    expect(got.placement_group.servers).toEqual([server.id]);
    expect(driver.machines.get(server.id)?.spec.volumes).toEqual([{ id: volume.id, automount: false }]);
    expect((await call("GET", `/networks/${network.id}`)).body.network.servers).toEqual([server.id]);
  });

  it("can leave it switched off", async () => {
    const { call, done } = testCloud();
    const { server, next_actions } = await done("POST", "/servers", aServer("web", { start_after_create: false }));
    expect(next_actions).toEqual([]);
    expect((await call("GET", `/servers/${server.id}`)).body.server.status).toBe("off");
  });

  it.each([
    ["the name is taken", aServer("taken"), 409, "uniqueness_error", ["name"]],
    ["the type is gone", aServer("a", { server_type: "cx22" }), 422, "invalid_input", ["server_type"]],
    ["the type is not offered there", aServer("a", { location: "ash" }), 422, "invalid_input", ["server_type"]],
    ["the image is unknown", aServer("a", { image: "templeos" }), 422, "invalid_input", ["image"]],
    ["the key is unknown", aServer("a", { ssh_keys: [1] }), 422, "invalid_input", ["ssh_keys"]],
    ["the name is no host name", { ...aServer("a b"), image: undefined }, 422, "invalid_input", ["name", "image"]],
  ])("is refused when %s", async (_what, body, status, code, fields) => {
    const { call, done, cloud } = testCloud();
    await done("POST", "/servers", aServer("taken"));
    const answer = await call("POST", "/servers", body);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.details.fields.map((field: { name: string }) => field.name)).toEqual(fields);
    expect(Object.values(cloud.state.servers)).toHaveLength(1);
    expect(Object.values(cloud.state.primaryIps)).toHaveLength(2);
  });

  it("is refused with resource_unavailable while the type is out of stock there", async () => {
    const { call } = testCloud();
    await call("POST", "/_lab/faults", { kind: "unavailable", serverType: "cx23", location: "fsn1" });
    const answer = await call("POST", "/servers", aServer("web"));
    expect([answer.status, answer.body.error.code]).toEqual([412, "resource_unavailable"]);
    expect((await call("POST", "/servers", aServer("web", { location: "nbg1" }))).status).toBe(201);
  });

  it("is refused with placement_error when the spread group is full", async () => {
    const { call, done } = testCloud();
    const group = (await done("POST", "/placement_groups", { name: "pg", type: "spread" })).placement_group;
    for (let i = 0; i < 10; i++) await call("POST", "/servers", aServer(`s${i}`, { placement_group: group.id }));
    const answer = await call("POST", "/servers", aServer("s10", { placement_group: group.id }));
    expect(answer.body.error.code).toBe("placement_error");
  });

  it("leaves nothing behind when the machine cannot be made", async () => {
    const { call, cloud } = testCloud();
    await call("POST", "/_lab/faults", { kind: "action", command: "create_server", message: "no capacity" });
    const { body } = await call("POST", "/servers", aServer("web"));
    await cloud.actions.idle();
    const action = (await call("GET", `/actions/${body.action.id}`)).body.action;
    expect(action).toMatchObject({ status: "error", error: { code: "action_failed", message: "no capacity" } });
    expect((await call("GET", `/servers/${body.server.id}`)).status).toBe(404);
    expect((await call("GET", "/primary_ips")).body.primary_ips).toEqual([]);
  });
});

describe("a server", () => {
  it("is locked while an action runs on it", async () => {
    const { call, driver, cloud } = testCloud();
    let open = (): void => {};
    driver.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { server } = (await call("POST", "/servers", aServer("web"))).body;
    expect((await call("POST", `/servers/${server.id}/actions/poweroff`)).body.error.code).toBe("locked");
    expect((await call("DELETE", `/servers/${server.id}`)).status).toBe(423);
    open();
    await cloud.actions.idle();
    expect((await call("POST", `/servers/${server.id}/actions/poweroff`)).status).toBe(201);
  });

  it("takes with it what is its own, and nothing else", async () => {
    const { call, done, driver } = testCloud();
    const volume = (await done("POST", "/volumes", { name: "v", size: 10, location: "fsn1" })).volume;
    const kept = (await done("POST", "/primary_ips", { name: "kept", type: "ipv4", location: "fsn1" })).primary_ip;
    const publicNet = { enable_ipv4: true, enable_ipv6: true, ipv4: kept.id };
    const { server } = await done("POST", "/servers", aServer("web", { volumes: [volume.id], public_net: publicNet }));
    expect((await call("DELETE", `/primary_ips/${kept.id}`)).body.error.code).toBe("must_be_unassigned");
    await done("DELETE", `/servers/${server.id}`);
    expect((await call("GET", `/servers/${server.id}`)).body.error.code).toBe("not_found");
    expect(driver.machines.size).toBe(0);
    expect((await call("GET", `/volumes/${volume.id}`)).body.volume.server).toBeNull();
    const ips = (await call("GET", "/primary_ips")).body.primary_ips;
    expect(ips.map((it: { name: string; assignee_id: null }) => [it.name, it.assignee_id])).toEqual([["kept", null]]);
  });

  it("cannot be deleted or rebuilt while protected", async () => {
    const { call, done } = testCloud();
    const { server } = await done("POST", "/servers", aServer("web"));
    await done("POST", `/servers/${server.id}/actions/change_protection`, { delete: true, rebuild: true });
    expect((await call("DELETE", `/servers/${server.id}`)).body.error.code).toBe("protected");
    const rebuild = await call("POST", `/servers/${server.id}/actions/rebuild`, { image: "debian-12" });
    expect(rebuild.body.error.code).toBe("protected");
  });

  it("follows its machine when that is switched off from within", async () => {
    const { call, done, driver } = testCloud();
    const { server } = await done("POST", "/servers", aServer("web"));
    await driver.stop(server.id);
    expect((await call("GET", `/servers/${server.id}`)).body.server.status).toBe("off");
  });

  it("changes its type only when off, and never to a smaller disk", async () => {
    const { call, cloud, done, driver } = testCloud();
    const { server } = await done("POST", "/servers", aServer("web", { server_type: "cx33" }));
    const change = (type: string) =>
      call("POST", `/servers/${server.id}/actions/change_type`, { server_type: type, upgrade_disk: false });
    expect((await change("cx43")).body.error.code).toBe("server_not_stopped");
    await done("POST", `/servers/${server.id}/actions/poweroff`);
    expect((await change("cx23")).body.error.code).toBe("invalid_server_type");
    expect((await change("cax21")).body.error.code).toBe("invalid_server_type");
    expect((await change("cx43")).status).toBe(201);
    await cloud.actions.idle();
    expect(driver.machines.get(server.id)?.spec).toMatchObject({ cores: 8, memoryGb: 16 });
  });
});
