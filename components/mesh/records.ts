/** What of a route matters here. */
interface RouteLike {
  readonly hostname: string;
  readonly access: string;
}

/**
 * Names for the mesh's own DNS out of a proxy's routes: every hostname with a mesh-only route, leading to the member that
 * the proxy is on. Those that are public, too, stay with public DNS.
 *
 * @example
 * new Mesh("mesh", { …, records: meshRecords(routes, "core") });
 */
export function meshRecords(routes: readonly RouteLike[], member: string): Record<string, string> {
  const open = new Set(routes.filter((route) => route.access !== "mesh").map((route) => route.hostname));
  const closed = routes.filter((route) => route.access === "mesh" && !open.has(route.hostname));
  return Object.fromEntries(closed.map((route) => [route.hostname, member]));
}
