import { contains } from "../docker/cidr.ts";

/** Where Headscale and Tailscale give their members addresses. */
export const MESH_RANGES = ["100.64.0.0/10", "fd7a:115c:a1e0::/48"] as const;

/** Whether an address, or a network as a whole, is in the mesh. A name is not known to be. */
export function isInMesh(source: string): boolean {
  return MESH_RANGES.some((range) => contains(range, source));
}
