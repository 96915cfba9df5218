import { z } from "zod";
import type { HostConnection } from "../host.ts";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { host } from "../schema.ts";
import type { Session } from "../transport/session.ts";
import { become, joinMesh, leave } from "./converge.ts";
import {
  CLIENT_SCRIPT,
  DOWN_HERE,
  differences,
  isDown,
  LOOK_FOR_NODES,
  membership,
  parseClient,
  parseNodes,
  REUNITING_SCRIPT,
  withoutSlash,
} from "./look.ts";

export interface MeshMemberInputs extends HostInputs {
  hub: HostConnection;
  server: string;
  node: string;
  tags: string[];
  routes: string[];
  exitNode: boolean;
  acceptRoutes: boolean;
  acceptDns: boolean;
  status: "online";
}

export interface MeshMemberState {
  server: string;
  node: string;
  tags: string[];
  routes: string[];
  exitNode: boolean;
  acceptRoutes: boolean;
  acceptDns: boolean;
  /** `expired`: its key was ended; `stopped`: Tailscale is down on the host; `offline`: the hub does not hear of it. */
  status: "online" | "offline" | "stopped" | "expired";
  nodeId: number;
  address: string;
  addresses: string[];
}

const sorted = (items: string[]): string[] => [...new Set(items)].sort();

export const meshMemberType: ResourceType<MeshMemberInputs, MeshMemberState> = {
  token: "quayside:host:MeshMember",
  schema: z
    .strictObject({
      host,
      hub: host,
      server: z
        .string()
        .regex(/^https:\/\/[^\s/?#]+\/?$/, "an https address without a path is needed, such as https://vpn.example.org")
        .transform(withoutSlash),
      node: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label is needed: a-z, 0-9 and hyphens"),
      tags: z
        .array(z.string().regex(/^tag:[a-z][a-z0-9-]*$/, "a tag is needed, such as tag:core"))
        .min(1, "at least one tag is needed: without one, nobody could say what the host may do")
        .transform(sorted),
      routes: z
        .array(z.union([z.cidrv4(), z.cidrv6()], "a network is needed, such as 192.168.1.0/24"))
        .refine((all) => !all.some((route) => route.endsWith("/0")), "a way to the internet is `exitNode: true`")
        .default([])
        .transform(sorted),
      exitNode: z.boolean().default(false),
      acceptRoutes: z.boolean().default(false),
      acceptDns: z.boolean().default(true),
      status: z.literal("online").optional(),
    })
    .transform((inputs): MeshMemberInputs => ({ ...inputs, status: "online" })),
  identity: [],
  settings: ["hub"],
  stableOutputs: ["nodeId", "address", "addresses"],
  idOf: (inputs) => `mesh/${inputs.node}`,
  // A host is a member once, whatever it is called there.
  things: () => ["membership"],

  observe,

  async apply(session, inputs, observed) {
    if (observed && differences(inputs, observed).length === 0) return observed;
    const hub = session.on(inputs.hub);
    if (!observed || observed.status === "expired" || observed.server !== inputs.server) {
      await joinMesh(session, hub, inputs);
    }
    await become(session, hub, inputs);
    const state = await observe(session, inputs);
    if (state && differences(inputs, state).length === 0) return state;
    throw session.fail(
      `joined the mesh at ${inputs.server}, but ${state ? `not as declared: ${differences(inputs, state).join(", ")}` : "left it again"}. ` +
        "Somebody else may have changed it meanwhile; run again.",
    );
  },

  async remove(session, inputs, state) {
    await leave(session, session.on(inputs.hub), state);
  },
};

async function observe(
  session: Session,
  inputs: MeshMemberInputs,
  previous?: MeshMemberState,
): Promise<MeshMemberState | undefined> {
  const hub = session.on(inputs.hub);
  for (;;) {
    const [client, nodes] = await Promise.all([
      session.read("look at Tailscale", CLIENT_SCRIPT),
      hub.read("list the nodes of the mesh", LOOK_FOR_NODES),
    ]);
    if (isDown(nodes)) return asBefore(hub, previous);
    const state = membership(parseClient(client), parseNodes(nodes));
    if (state?.status !== "offline") return state;
    // Right after a restart of the hub everybody is offline to it, until they have come back.
    const reuniting = await hub.read("look how long Headscale has run", REUNITING_SCRIPT);
    if (!reuniting.trim()) return state;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A Headscale that was stopped says nothing of the mesh; that it is stopped is the difference, and its service's. */
export function asBefore<State>(hub: Session, previous: State | undefined): State {
  if (previous === undefined) {
    throw hub.fail(DOWN_HERE);
  }
  hub.warn(`Headscale does not run on ${hub.host.name}: what it would say of the mesh is taken to be as before`);
  return previous;
}
