import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../component.ts";
import { covers } from "./hostnames.ts";

/** A route as far as its name goes. */
export interface NamedRoute {
  hostname: string;
  access: "public" | "mesh";
}

/** Which names of a program are for the mesh only, which are for everybody, and which are published. */
interface Exposure {
  /** Names that some proxy serves to the mesh only, with that proxy. */
  mesh: Map<string, string>;
  /** Names that some proxy serves to everybody. */
  open: Set<string>;
  /** Names in zones, with the zone. */
  published: Map<string, string>;
}

const programs = new WeakMap<object, Exposure>();

/** What the running program has declared so far. Without a running program, nothing is remembered. */
function exposure(): Exposure {
  const stack = pulumi.runtime.getStackResource();
  const known = stack && programs.get(stack);
  if (known) return known;
  const fresh = { mesh: new Map(), open: new Set<string>(), published: new Map() };
  if (stack) programs.set(stack, fresh);
  return fresh;
}

/** Declares what a proxy serves, so that no zone publishes what is for the mesh only, wherever that is declared. */
export function declareRoutes(proxy: string, routes: readonly NamedRoute[]): void {
  const { mesh, open } = exposure();
  for (const { hostname, access } of routes) {
    if (access === "public") open.add(hostname);
    else if (!mesh.has(hostname)) mesh.set(hostname, proxy);
  }
}

/** Routes for the mesh only whose names a zone publishes already. */
export function publishedFaults(routes: readonly NamedRoute[]): Fault[] {
  const { published } = exposure();
  return routes.flatMap(({ hostname }, index) => {
    if (!isMeshOnly(hostname, routes)) return [];
    const zone = [...published].find(([name]) => covers(name, hostname));
    if (!zone) return [];
    const reason = `is ${hostname}, for the mesh only, but the zone "${zone[1]}" publishes ${zone[0]}; take it out there`;
    return [{ path: `routes[${index}].hostname`, reason }];
  });
}

/** Remembers what a zone publishes. */
export function declarePublished(zone: string, hostnames: Iterable<string>): void {
  const { published } = exposure();
  for (const hostname of hostnames) published.set(hostname, zone);
}

/** The name for the mesh only that publishing this one would give away, with its proxy. */
export function meshNameBehind(hostname: string): { hostname: string; proxy: string } | undefined {
  const { mesh, open } = exposure();
  for (const [name, proxy] of mesh) if (!open.has(name) && covers(hostname, name)) return { hostname: name, proxy };
  return undefined;
}

/** A name that has a public route too, such as a webhook's, is no secret. */
export function isMeshOnly(hostname: string, routes: readonly NamedRoute[]): boolean {
  const here = routes.filter((route) => route.hostname === hostname);
  return here.length > 0 && here.every(({ access }) => access === "mesh");
}
