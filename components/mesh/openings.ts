import type { Openings } from "../hardening/openings.ts";
import { MESH_RANGES } from "./ranges.ts";
import type { MeshTls } from "./tls.ts";

/** What a member lets in so that others reach it directly; without it they go through the relay. */
export const meshMemberOpenings: Openings = { "mesh-peers": { port: 41641, protocol: "udp" } };

/** What the hub lets in: members and devices that join, the relay, and STUN. */
export function meshHubOpenings(tls: MeshTls): Openings {
  const control = tls.kind === "internal" ? { port: tls.port } : { port: tls.port, from: tls.network.subnet };
  return { ...meshMemberOpenings, "mesh-control": control, "mesh-stun": { port: 3478, protocol: "udp" } };
}

/** Who comes from the mesh: for `from` of an opening, and for `ssh.from`. */
export const meshSources: readonly string[] = MESH_RANGES;
