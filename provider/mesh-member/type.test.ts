import { expect, test } from "vitest";
import type { Session } from "../transport/session.ts";
import { REUNITING_SCRIPT } from "./look.ts";
import { type MeshMemberInputs, meshMemberType } from "./type.ts";

const inputs = meshMemberType.schema.parse({
  host: { name: "core", address: "203.0.113.1" },
  hub: { name: "hub", address: "203.0.113.2" },
  server: "https://vpn.example.org",
  node: "core",
  tags: ["tag:core"],
}) as MeshMemberInputs;

const prefs = { ControlURL: inputs.server, RouteAll: false, CorpDNS: true, Hostname: "core" };
const client = `${JSON.stringify({ BackendState: "Running", Self: { PublicKey: "nodekey:aa" } })}\n=\n${JSON.stringify(prefs)}`;
const node = { id: 3, node_key: "nodekey:aa", given_name: "core", ip_addresses: ["100.64.0.3"], tags: ["tag:core"] };

/** Two machines, one after the other as `online` says; the hub's Headscale was started just now, or long ago. */
function machines(online: boolean[], reuniting: boolean): Session {
  const hub = {
    read: async (_: string, script: string) => {
      if (script === REUNITING_SCRIPT) return reuniting ? "yes\n" : "";
      return JSON.stringify([{ ...node, online: online.length > 1 ? online.shift() : online[0] }]);
    },
  };
  return { read: async () => client, on: () => hub } as unknown as Session;
}

const status = async (session: Session) => (await meshMemberType.observe(session, inputs, undefined))?.status;

test("a member that has not come back yet from a restart of the hub is waited for", async () => {
  expect(await status(machines([false, true], true))).toBe("online");
});

test("one that the hub has not heard of for long is offline", async () => {
  expect(await status(machines([false, true], false))).toBe("offline");
});
