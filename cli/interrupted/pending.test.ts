import { expect, test, vi } from "vitest";
import { hetznerCloud } from "./hetzner.ts";
import { type Cloud, type Deployment, type PendingOperation, type ResourceState, settle } from "./pending.ts";

const labels = { "managed-by": "quayside", stack: "lab" };

function resource(type: string, name: string, inputs: Record<string, unknown> = {}): ResourceState {
  return { urn: `urn:pulumi:lab::quayside::${type}::${name}`, type, inputs };
}
const server = resource("hcloud:index/server:Server", "core-server", { name: "lab-core", labels });
const file = resource("quayside:host:File", "motd");

function state(pending: PendingOperation[], resources: ResourceState[] = []): Deployment {
  return { version: 3, deployment: { manifest: {}, resources, pending_operations: pending } };
}
const creating = (what: ResourceState): PendingOperation => ({ type: "creating", resource: what });

const silent: Cloud = { find: async () => undefined, isGone: async () => false };

test("what Hetzner made is taken into the state with what was asked for, what it did not make is forgotten", async () => {
  const volume = resource("hcloud:index/volume:Volume", "core-volume");
  const { deployment, adopted, dropped } = await settle(state([creating(server), creating(volume)], [file]), {
    hcloud: { ...silent, find: async (resource) => (resource === server ? "42" : undefined) },
  });
  expect(adopted).toEqual([{ ...server, id: "42", outputs: { name: "lab-core", labels, id: "42" } }]);
  expect(dropped).toEqual([creating(volume)]);
  expect(deployment).toEqual({
    version: 3,
    deployment: { manifest: {}, resources: [file, ...adopted], pending_operations: [] },
  });
});

test("operations on hosts are run again; what others may have made and nobody can ask about is told", async () => {
  const other = creating(resource("aws:s3/bucket:Bucket", "bucket"));
  const repeatable = creating(resource("random:index/randomPassword:RandomPassword", "password"));
  const find = vi.fn();
  const { deployment, dropped, unsure } = await settle(
    state([creating(file), { type: "updating", resource: server }, other, repeatable], [server]),
    { hcloud: { ...silent, find } },
  );
  expect(find).not.toHaveBeenCalled();
  expect(dropped).toHaveLength(3);
  expect(unsure).toEqual([other]);
  expect(deployment.deployment).toMatchObject({ resources: [server], pending_operations: [] });
});

test("what Hetzner had deleted is taken out of the state, in the generation that was being deleted", async () => {
  const old = { ...server, id: "41" };
  const kept = { ...server, id: "42" };
  const { deployment, gone } = await settle(state([{ type: "deleting", resource: old }], [kept, old]), {
    hcloud: { ...silent, isGone: async () => true },
  });
  expect(gone).toEqual([old]);
  expect(deployment.deployment).toMatchObject({ resources: [kept], pending_operations: [] });
});

const created = "2026-11-21T09:42:06+00:00";
const access = { endpoint: "http://cloud/v1", token: "t0ken" };
const cloud = (body: unknown, status = 200, since = 0) =>
  hetznerCloud(access, since, (async () => new Response(JSON.stringify(body), { status })) as typeof fetch);
const answers =
  (body: unknown, status = 200) =>
  (what: ResourceState) =>
    cloud(body, status).find(what);

test("found by name, and only with the labels it was created with", async () => {
  expect(await answers({ servers: [{ id: 42, created, labels: { ...labels, more: "x" } }] })(server)).toBe("42");
  expect(await answers({ servers: [{ id: 42, created, labels: { stack: "lab" } }] })(server)).toBeUndefined();
  expect(await answers({ servers: [] })(server)).toBeUndefined();
});

test("what is older than the run that failed is not its own", async () => {
  const servers = [{ id: 42, created, labels }];
  expect(await cloud({ servers }, 200, Date.parse(created)).find(server)).toBe("42");
  expect(await cloud({ servers }, 200, Date.parse(created) + 1).find(server)).toBeUndefined();
});

test("attachments are known by what they join", async () => {
  const joined = resource("hcloud:index/serverNetwork:ServerNetwork", "n", { serverId: 7, subnetId: "9-10.0.0.0/16" });
  expect(await answers({ server: { private_net: [{ network: 9 }] } })(joined)).toBe("7-9");
  expect(await answers({ server: { private_net: [] } })(joined)).toBeUndefined();
  const subnet = resource("hcloud:index/networkSubnet:NetworkSubnet", "s", { networkId: 9, ipRange: "10.0.0.0/16" });
  expect(await answers({ network: { subnets: [{ ip_range: "10.0.0.0/16" }] } })(subnet)).toBe("9-10.0.0.0/16");
  const attached = resource("hcloud:index/volumeAttachment:VolumeAttachment", "v", { volumeId: 3, serverId: 7 });
  expect(await answers({ volume: { server: 7 } })(attached)).toBe("3");
  expect(await answers({ volume: { server: null } })(attached)).toBeUndefined();
});

test("gone is what the API does not know", async () => {
  expect(await cloud({}, 404).isGone({ ...server, id: "42" })).toBe(true);
  expect(await cloud({ server: { status: "off" } }).isGone({ ...server, id: "42" })).toBe(false);
});

test("without an answer nothing is guessed, and the token is not shown", async () => {
  const error = await answers({ error: {} }, 401)(server).catch((reason: Error) => reason);
  expect(error).toMatchObject({
    message: expect.stringContaining("cannot be looked up at http://cloud/v1/servers: it answers 401"),
    remedy: expect.stringContaining("hcloud.token"),
  });
  expect(String(error)).not.toContain(access.token);
  await expect(hetznerCloud(undefined).find(server)).rejects.toThrow(/interrupted at core-server/);
});
