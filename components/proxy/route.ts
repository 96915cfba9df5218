import type { HttpEndpoint } from "../services/container-service.ts";

/** A hostname, or some of its paths, that leads to a service. Made by `publicRoute`, `meshOnly` and `webhook`. */
export interface Route {
  /** `n8n.example.org`. */
  hostname: string;
  /** The service that answers: `n8n.http`. */
  target: HttpEndpoint;
  /** Who may use it: everybody, or who is in the mesh (and the containers of the proxy's own network). */
  access: "public" | "mesh";
  /** Paths that it is for, such as `/webhook/*`; undefined for all that no other route of the hostname takes. */
  paths?: readonly string[];
  /** Largest request body, such as `10MB`. @default the proxy's `maxBody` */
  maxBody?: string;
}

/** What a route may say beyond hostname and target. */
export type RouteOptions = Pick<Route, "paths" | "maxBody">;

/** Everybody may use it. */
export function publicRoute(hostname: string, target: HttpEndpoint, options: RouteOptions = {}): Route {
  return { hostname, target, access: "public", ...options };
}

/** Only members of the mesh may use it; everybody else is told 403. */
export function meshOnly(hostname: string, target: HttpEndpoint, options: RouteOptions = {}): Route {
  return { hostname, target, access: "mesh", ...options };
}

/** Everybody may use these paths and nothing else of the service; the rest may be `meshOnly` on the same hostname. */
export function webhook(
  hostname: string,
  target: HttpEndpoint,
  options: { paths: readonly string[]; maxBody?: string },
): Route {
  return { hostname, target, access: "public", ...options };
}
