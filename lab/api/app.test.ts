import { describe, expect, it } from "vitest";
import { aServer, TEST_KEY, testCloud } from "./testing.ts";

describe("the API", () => {
  it("refuses requests without the token", async () => {
    const { app } = testCloud();
    for (const headers of [{}, { Authorization: "Bearer wrong" }]) {
      const response = await app.request("/v1/servers", { headers: headers as Record<string, string> });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: "unauthorized", details: null } });
    }
  });

  it("answers broken JSON and unknown things in its envelope", async () => {
    const { call } = testCloud();
    expect((await call("POST", "/servers", "{oops")).body.error.code).toBe("json_error");
    expect((await call("GET", "/servers/1")).body.error).toEqual({
      code: "not_found",
      message: "server with ID '1' not found",
      details: null,
    });
    expect((await call("GET", "/nonsense")).status).toBe(404);
    expect((await call("POST", "/floating_ips", {})).body.error.code).toBe("unsupported_error");
    expect((await call("GET", "/actions")).body.error.code).toBe("deprecated_api_endpoint");
  });

  it("keeps names and keys unique", async () => {
    const { call } = testCloud();
    await call("POST", "/ssh_keys", { name: "a", public_key: TEST_KEY });
    const sameName = await call("POST", "/ssh_keys", { name: "a", public_key: TEST_KEY.replace("IJ5p", "IJ5q") });
    expect(sameName.body.error).toMatchObject({ code: "uniqueness_error", details: { fields: [{ name: "name" }] } });
    const sameKey = await call("POST", "/ssh_keys", { name: "b", public_key: TEST_KEY });
    expect(sameKey.body.error.code).toBe("uniqueness_error");
  });

  it("prices every server type in every location it is offered in", async () => {
    const { call } = testCloud();
    const { pricing } = (await call("GET", "/pricing")).body;
    expect(pricing).toMatchObject({ currency: "EUR", vat_rate: "19.000000" });
    const cx23 = pricing.server_types.find((type: { name: string }) => type.name === "cx23");
    expect(cx23.prices[0]).toMatchObject({
      location: "fsn1",
      price_monthly: { net: "5.4900000000", gross: "6.5331000000000001" },
      included_traffic: 21990232555520,
    });
  });

  it("does as armed faults say, and then no more", async () => {
    const { call } = testCloud();
    await call("POST", "/_lab/faults", { kind: "http", status: 503, times: 2, request: "GET /v1/servers$" });
    expect((await call("GET", "/volumes")).status).toBe(200);
    expect((await call("GET", "/servers")).body.error.code).toBe("server_error");
    expect((await call("GET", "/servers")).status).toBe(503);
    expect((await call("GET", "/servers")).status).toBe(200);
    expect((await call("GET", "/_lab/faults")).body.faults).toEqual([]);
    expect((await call("POST", "/_lab/faults", { kind: "http", status: 500, request: "(" })).status).toBe(422);
  });
});

describe("volumes", () => {
  it("grow, never shrink, and attach to one server in their own location", async () => {
    const { call, done, driver } = testCloud();
    const { server } = await done("POST", "/servers", aServer("web"));
    const far = (await done("POST", "/volumes", { name: "far", size: 10, location: "nbg1" })).volume;
    const near = await done("POST", "/volumes", { name: "near", size: 20, server: server.id, format: "ext4" });
    expect(near.next_actions[0].command).toBe("attach_volume");
    expect((await call("GET", `/volumes/${near.volume.id}`)).body.volume).toMatchObject({
      server: server.id,
      status: "available",
      linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${near.volume.id}`,
    });
    const attach = (id: number) => call("POST", `/volumes/${id}/actions/attach`, { server: server.id });
    expect((await attach(far.id)).body.error.code).toBe("invalid_input");
    expect((await attach(near.volume.id)).body.error.code).toBe("volume_already_attached");
    const resize = (size: number) => call("POST", `/volumes/${far.id}/actions/resize`, { size });
    expect((await resize(10)).body.error.code).toBe("invalid_input");
    expect((await resize(30)).status).toBe(201);
    expect((await call("DELETE", `/volumes/${near.volume.id}`)).status).toBe(409);
    await done("POST", `/volumes/${near.volume.id}/actions/detach`);
    expect((await call("DELETE", `/volumes/${near.volume.id}`)).status).toBe(204);
    expect([...driver.volumes.keys()]).toEqual([far.id]);
  });
});

describe("primary IPs", () => {
  it("move between servers that are off", async () => {
    const { call, cloud, done, driver } = testCloud();
    const { server } = await done("POST", "/servers", aServer("web"));
    const before = (await call("GET", `/servers/${server.id}`)).body.server.public_net.ipv4;
    const other = (await done("POST", "/primary_ips", { name: "other", type: "ipv4", location: "fsn1" })).primary_ip;
    const path = `/primary_ips/${before.id}/actions/unassign`;
    const assign = () =>
      call("POST", `/primary_ips/${other.id}/actions/assign`, { assignee_id: server.id, assignee_type: "server" });
    expect((await call("POST", path)).body.error.code).toBe("server_not_stopped");
    await done("POST", `/servers/${server.id}/actions/poweroff`);
    expect((await assign()).body.error.code).toBe("server_has_ipv4");
    expect((await done("POST", path)).action.command).toBe("unassign_primary_ip");
    expect((await call("DELETE", `/primary_ips/${before.id}`)).status).toBe(204);
    expect((await assign()).body.action.command).toBe("assign_primary_ip");
    await cloud.actions.idle();
    await done("POST", `/servers/${server.id}/actions/poweron`);
    expect((await call("GET", `/servers/${server.id}`)).body.server.public_net.ipv4.ip).toBe(other.ip);
    expect(driver.machines.get(server.id)?.spec.ipv4).toBe(other.ip);
  });

  it("stay in their location and belong to one server", async () => {
    const { call, done } = testCloud();
    const create = async (name: string, location: string) =>
      (await done("POST", "/primary_ips", { name, type: "ipv4", location })).primary_ip;
    const [near, far] = [await create("near", "fsn1"), await create("far", "hel1")];
    const order = (name: string, ipv4: number) =>
      call("POST", "/servers", aServer(name, { public_net: { enable_ipv4: true, enable_ipv6: false, ipv4 } }));
    expect((await order("a", far.id)).body.error.code).toBe("primary_ip_datacenter_mismatch");
    expect((await order("a", near.id)).status).toBe(201);
    expect((await order("b", near.id)).body.error.code).toBe("primary_ip_already_assigned");
  });
});
