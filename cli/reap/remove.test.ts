import { expect, test } from "vitest";
import { aServer, TEST_KEY, testCloud } from "../../lab/api/testing.ts";
import { HetznerProject } from "./hetzner.ts";
import { unseenNames } from "./outcome.ts";
import { planReap } from "./plan.ts";
import { removeThings } from "./remove.ts";

const LISTS = ["servers", "volumes", "primary_ips", "firewalls", "networks", "placement_groups", "ssh_keys"];

/** An emulated cloud with two stacks of the same make, seen through the reaper's eyes. */
async function twoStacks(giveUpAfter = 2000) {
  const emulated = testCloud();
  const { app, done } = emulated;
  for (const [stack, expires] of [
    ["old", "2026-11-20T12.00.00Z"],
    ["new", "2126-11-20T12.00.00Z"],
  ] as const) {
    const labels = { "managed-by": "quayside", project: "quayside", stack, expires };
    const key = stack === "old" ? TEST_KEY : TEST_KEY.replace("AIJ5", "AIJ6");
    await done("POST", "/ssh_keys", { name: stack, public_key: key, labels });
    await done("POST", "/placement_groups", { name: stack, type: "spread", labels });
    const { network } = await done("POST", "/networks", {
      ...{ name: stack, ip_range: "10.0.0.0/16", labels },
      subnets: [{ type: "cloud", ip_range: "10.0.0.0/24", network_zone: "eu-central" }],
    });
    const { firewall } = await done("POST", "/firewalls", { name: stack, rules: [], labels });
    const ip = await done("POST", "/primary_ips", { name: stack, type: "ipv4", location: "fsn1", labels });
    const { server } = await done("POST", "/servers", {
      ...aServer(stack, { labels, networks: [network.id], firewalls: [{ firewall: firewall.id }] }),
      public_net: { ipv4: ip.primary_ip.id, enable_ipv4: true, enable_ipv6: false },
    });
    await done("POST", "/volumes", { name: stack, size: 10, server: server.id, labels });
  }
  const request = ((url: string, init: RequestInit) =>
    app.request(url.slice("http://cloud".length), init)) as typeof fetch;
  const access = { endpoint: "http://cloud/v1", token: "secret" };
  const project = new HetznerProject(access, request, { firstPause: 1, giveUpAfter });
  const names = async () =>
    Object.fromEntries(
      await Promise.all(
        LISTS.map(async (list) => {
          const { body } = await emulated.call("GET", `/${list}`);
          return [list, body[list].map(({ name }: { name: string }) => name)];
        }),
      ),
    );
  const reap = async () => {
    const { expired } = planReap(await project.things("quayside"), "quayside", Date.parse("2026-11-21T12:00:00Z"));
    return removeThings(
      project,
      expired.flatMap(({ things }) => things),
      () => {},
    );
  };
  return { ...emulated, project, names, reap };
}
const each = (names: string[]) => Object.fromEntries(LISTS.map((list) => [list, names]));

test("all of an expired stack goes by its labels, in an order that the cloud accepts; the other stays", async () => {
  const { names, reap } = await twoStacks();
  expect(await names()).toEqual(each(["old", "new"]));
  expect(await reap()).toEqual([]);
  expect(await names()).toEqual(each(["new"]));
  expect(await reap()).toEqual([]);
});

test("the addresses of servers and primary IPs are known while they are there", async () => {
  const { project, cloud } = await twoStacks();
  const old = (await project.things("quayside")).filter(({ labels }) => labels["stack"] === "old");
  const ip = Object.values(cloud.state.primaryIps).find(({ name }) => name === "old")?.ip;
  expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  const having = old.filter(({ addresses }) => addresses?.includes(ip ?? ""));
  expect(having.map(({ kind }) => kind.kind).sort()).toEqual(["primary IP", "server"]);
  expect(unseenNames("old", old)).toEqual({ label: "old", addresses: [ip] });
});

test("limits, failures and locks are waited out", async () => {
  const { cloud, names, reap } = await twoStacks();
  cloud.faults.add({ kind: "http", status: 429, code: "rate_limit_exceeded", times: 3, request: "GET /v1/volumes" });
  cloud.faults.add({ kind: "http", status: 503, times: 2, request: "DELETE /v1/servers" });
  cloud.faults.add({ kind: "http", status: 423, code: "locked", times: 2, request: "DELETE /v1/servers" });
  cloud.faults.add({ kind: "http", status: 500, times: 1, request: "GET /v1/actions" });
  expect(await reap()).toEqual([]);
  expect(await names()).toEqual(each(["new"]));
});

test("what stays locked or protected is one sentence each; the rest goes, and the next run finishes", async () => {
  const { call, cloud, names, reap } = await twoStacks(30);
  const volume = Object.values(cloud.state.volumes).find(({ name }) => name === "old");
  await call("POST", `/volumes/${volume?.id}/actions/change_protection`, { delete: true });
  await cloud.actions.idle();
  cloud.faults.add({ kind: "http", status: 423, code: "locked", times: 1000, request: "DELETE /v1/primary_ips" });
  expect((await reap()).sort()).toEqual([
    expect.stringMatching(/^primary IP old \(\d+\): the API answers 423, .*still after 0.03 s. Run it again later.$/),
    expect.stringMatching(/^volume old \(\d+\): the API answers 403, .*Somebody protected it/),
  ]);
  expect(await names()).toEqual({ ...each(["new"]), volumes: ["old", "new"], primary_ips: ["old", "new"] });
  cloud.faults.clear();
  await call("POST", `/volumes/${volume?.id}/actions/change_protection`, { delete: false });
  await cloud.actions.idle();
  expect(await reap()).toEqual([]);
  expect(await names()).toEqual(each(["new"]));
});

test("a token that is not accepted is said at once", async () => {
  const { app } = testCloud({ token: "another" });
  const request = ((url: string, init: RequestInit) =>
    app.request(url.slice("http://cloud".length), init)) as typeof fetch;
  const project = new HetznerProject({ endpoint: "http://cloud/v1", token: "secret" }, request);
  await expect(project.things("quayside")).rejects.toThrow("http://cloud/v1 does not accept the token.");
});
