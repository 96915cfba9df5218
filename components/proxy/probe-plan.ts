import type * as pulumi from "@pulumi/pulumi";
import type { ProbedRoute } from "../../provider/probe/resource.ts";
import type { Route } from "./route.ts";

/** A route as far as a probe has to know it. */
export type PlannedRoute = Pick<Route, "hostname" | "access" | "paths" | "token">;

/** A path that no service is likely to have, so that nothing is set off where a pattern takes it. */
const UNLIKELY = "quayside-probe";

/**
 * What to ask for and what has to come of it, from outside, from the mesh and from a container, for every route, and for
 * what no route takes. Pure.
 */
export function planProbes(routes: readonly PlannedRoute[]): Record<string, ProbedRoute> {
  const probes: Record<string, ProbedRoute> = {};
  for (const route of routes) {
    const { hostname, token } = route;
    const asked = requestOf(route);
    const name = `${hostname}${asked.path}`;
    if (token) {
      const value = token.value as pulumi.Input<string>;
      const header = { name: token.header ?? "X-Webhook-Token", value };
      probes[name] = { ...asked, outside: "refused", mesh: "refused", container: "refused" };
      probes[`${name} with ${header.name}`] = { ...asked, header, ...expected(route) };
    } else probes[name] = { ...asked, ...expected(route) };
  }
  for (const hostname of new Set(routes.map((route) => route.hostname))) {
    const patterns = routes.filter((route) => route.hostname === hostname).map(({ paths }) => paths);
    const rootTaken = patterns.some((paths) => paths === undefined || paths.some((path) => /^\/?\*?$/.test(path)));
    if (rootTaken) continue;
    const asked = { hostname: concrete(hostname), path: "/" };
    probes[`${hostname}/`] = { ...asked, outside: "refused", mesh: "refused", container: "refused" };
  }
  return probes;
}

function expected({ access }: PlannedRoute) {
  return { outside: access === "mesh" ? "refused" : "served", mesh: "served", container: "served" } as const;
}

/** GET of a path that a pattern takes; OPTIONS where the path is the very one that does something. */
function requestOf({ hostname, paths }: PlannedRoute) {
  const pattern = paths?.[0];
  const path = pattern === undefined ? "/" : pattern.replaceAll("*", UNLIKELY);
  const method = pattern === undefined || pattern.includes("*") ? {} : { method: "OPTIONS" as const };
  return { hostname: concrete(hostname), path, ...method };
}

/** A hostname that a wildcard takes. */
function concrete(hostname: string): string {
  return hostname.replace(/^\*/, UNLIKELY);
}
