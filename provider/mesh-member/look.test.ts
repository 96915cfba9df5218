import { expect, test } from "vitest";
import { ordersFor } from "./converge.ts";
import { differences, type HubNode, isDown, membership, parseClient, parseNodes } from "./look.ts";
import { join, makeKey } from "./script.ts";
import { type MeshMemberInputs, meshMemberType } from "./type.ts";

const inputs = meshMemberType.schema.parse({
  host: { name: "core", address: "203.0.113.1" },
  hub: { name: "hub", address: "203.0.113.2" },
  server: "https://vpn.example.org/",
  node: "core",
  tags: ["tag:edge", "tag:core"],
}) as MeshMemberInputs;

const status = { BackendState: "Running", Self: { PublicKey: "nodekey:aa" } };
const prefs = {
  ControlURL: "https://vpn.example.org",
  RouteAll: false,
  CorpDNS: true,
  Hostname: "core",
  AdvertiseRoutes: null,
};
const printed = (state: object = {}, wanted: object = {}) =>
  `${JSON.stringify({ ...status, ...state })}\n\n=\n${JSON.stringify({ ...prefs, ...wanted })}`;
const node: HubNode = {
  id: 3,
  node_key: "nodekey:aa",
  given_name: "core",
  ip_addresses: ["fd7a::3", "100.64.0.3"],
  tags: ["tag:edge", "tag:core"],
  online: true,
};
const seen = (of: Partial<HubNode> = {}, state: object = {}, wanted: object = {}) =>
  membership(parseClient(printed(state, wanted)), [{ ...node, ...of }], 1000_000);

test("a member that both sides agree on is as declared", () => {
  const state = seen();
  expect(state).toMatchObject({
    node: "core",
    status: "online",
    address: "100.64.0.3",
    addresses: ["100.64.0.3", "fd7a::3"],
  });
  expect(state && differences(inputs, state)).toEqual([]);
});

test("no daemon, logged out, or unknown to the hub: no member", () => {
  expect(membership(parseClient(""), [node])).toBeUndefined();
  expect(seen({}, { Self: { PublicKey: "nodekey:0000" } })).toBeUndefined();
  expect(seen({ node_key: "nodekey:bb" })).toBeUndefined();
  expect(parseNodes("null\n")).toEqual([]);
});

test("what keeps a member from being one in full", () => {
  expect(seen({ expiry: { seconds: 999 } })?.status).toBe("expired");
  expect(seen({ expiry: { seconds: 1001 } })?.status).toBe("online");
  expect(seen({ expiry: { seconds: -62135596800 } })?.status).toBe("online");
  expect(seen({ online: false })?.status).toBe("offline");
  expect(seen({}, { BackendState: "Stopped" })?.status).toBe("stopped");
});

test("routes count once they are offered and approved; both ways to the internet make an exit node", () => {
  const offered = { available_routes: ["10.0.0.0/24", "0.0.0.0/0", "::/0"] };
  expect(seen({ ...offered, approved_routes: ["10.9.0.0/24", "10.0.0.0/24", "0.0.0.0/0"] })).toMatchObject({
    routes: ["10.0.0.0/24"],
    exitNode: false,
  });
  expect(seen({ ...offered, approved_routes: ["0.0.0.0/0", "::/0"] })).toMatchObject({ routes: [], exitNode: true });
});

test("the hub is told what differs, and nothing else", () => {
  const state = seen();
  if (!state) throw new Error("no member");
  expect(ordersFor(inputs, state, node, [node])).toEqual({ script: "" });
  const other = { ...state, node: "core-1" };
  expect(ordersFor({ ...inputs, exitNode: true }, other, node, [node])).toEqual({
    script: [
      "set -eu",
      "headscale nodes rename -i 3 core >/dev/null",
      "headscale nodes approve-routes -i 3 -r 0.0.0.0/0,::/0 >/dev/null",
    ].join("\n"),
  });
});

test("what a machine was before it was set up anew makes room; a machine that lives does not", () => {
  const state = { ...seen(), node: "core-1" } as NonNullable<ReturnType<typeof seen>>;
  const earlier = { ...node, id: 1, node_key: "nodekey:old", online: false };
  expect(ordersFor(inputs, state, node, [node, earlier])).toMatchObject({
    script: expect.stringContaining("headscale nodes delete -i 1 --force"),
  });
  for (const holder of [{ online: true }, { tags: ["tag:other"] }]) {
    expect(ordersFor(inputs, state, node, [node, { ...earlier, ...holder }])).toMatchObject({
      taken: expect.stringContaining("headscale nodes delete -i 1"),
    });
  }
});

test("every fault of a declaration is found at once", () => {
  const bad = {
    host: inputs.host,
    hub: inputs.hub,
    server: "http://vpn",
    node: "Core",
    tags: [],
    routes: ["0.0.0.0/0", "x"],
  };
  const { error } = meshMemberType.schema.safeParse(bad);
  expect(error?.issues.map(({ path }) => path.join("."))).toEqual(["server", "node", "tags", "routes.1"]);
});

test("a key is used once, ends soon, and is in no command line", () => {
  expect(makeKey(["tag:core"])).toContain("--expiration 5m");
  expect(makeKey(["tag:core"])).not.toContain("--reusable");
  const script = join(inputs, "hskey-auth-secret");
  expect(script).not.toContain("hskey-auth-secret");
  expect(script).toContain(Buffer.from("hskey-auth-secret").toString("base64"));
});

test("a Headscale that does not run has said nothing, whatever it printed before", () => {
  expect(isDown('{"error": "connecting to headscale"}\nheadscale does not run\n')).toBe(true);
  expect(isDown("null")).toBe(false);
  expect(isDown('[{"given_name": "headscale does not run"}]')).toBe(false);
});
