import type * as pulumi from "@pulumi/pulumi";
import type { HttpEndpoint } from "../services/container-service.ts";

/** A hostname, or some of its paths, that leads to a service. Made by `publicRoute`, `meshOnly`, `webhook` and `relay`. */
export interface Route {
  /** `n8n.example.org`. */
  hostname: string;
  /** The service that answers, `n8n.http`; or the proxy of another host, over the mesh. */
  target: HttpEndpoint | RelayTarget;
  /** Who may use it: everybody, or who is in the mesh (and the containers of the proxy's own network). */
  access: "public" | "mesh";
  /** Paths that it is for, such as `/webhook/*`; undefined for all that no other route of the hostname takes. */
  paths?: readonly string[];
  /** Largest request body, such as `10MB`. @default the proxy's `maxBody` */
  maxBody?: string;
  /** What a request has to bring along. @default nothing */
  token?: RouteToken;
}

/** A header that requests have to carry; all others are told 401. */
export interface RouteToken {
  /** `X-Gitlab-Token`, `X-Telegram-Bot-Api-Secret-Token`, ... @default "X-Webhook-Token" */
  header?: string;
  /** Its whole value, 16 characters or more. A secret. */
  value: pulumi.Input<string>;
}

/** The proxy of another host, reached over the mesh. */
export interface RelayTarget {
  /**
   * Address of that host in the mesh, or its name there, such as `core.mesh.example.org`. By its name where this proxy has
   * to be there before the host has joined, as in front of the mesh's own hub.
   */
  meshAddress: pulumi.Input<string>;
  /** Hostname of the route there. */
  hostname: string;
  /**
   * Whether that proxy's certificate is checked: `mesh` leaves it to the mesh, which knows its members by their keys, and
   * is for proxies with an authority of their own. @default "checked"
   */
  certificate?: "checked" | "mesh";
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

/**
 * Everybody may use these paths, those who bring the token where one is declared, and nothing else of the service; the
 * rest may be `meshOnly` on the same hostname.
 */
export function webhook(
  hostname: string,
  target: HttpEndpoint,
  options: { paths: readonly string[]; maxBody?: string; token?: RouteToken },
): Route {
  return { hostname, target, access: "public", ...options };
}

/**
 * Everybody may use these paths, which another host answers that only the mesh reaches: the body and the headers arrive
 * there as they were sent, signatures included. That host's proxy needs a `meshOnly` route for the paths.
 *
 * @example
 * ```ts
 * relay("hook.example.org", { meshAddress: coreMember.address, hostname: "n8n.example.org" }, { paths: ["/webhook/*"] })
 * ```
 */
export function relay(
  hostname: string,
  target: RelayTarget,
  options: { paths: readonly string[]; maxBody?: string; token?: RouteToken },
): Route {
  return { hostname, target, access: "public", ...options };
}

/** Whether a route leads to another host's proxy. */
export function isRelay(target: Route["target"]): target is RelayTarget {
  return "meshAddress" in target;
}
