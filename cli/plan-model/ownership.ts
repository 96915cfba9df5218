/** Whose a resource is: the component that declares it, the host that it is on. */
import { nameOf, type Resource } from "./resource.ts";

export type Resources = ReadonlyMap<string, Resource>;

export function indexed(resources: readonly Resource[]): Resources {
  return new Map(resources.map((resource) => [resource.urn, resource]));
}

/** The nearest component that it belongs to; undefined for what the stack declares by itself. */
export function componentOf(resource: Resource, all: Resources): Resource | undefined {
  for (let at = parentOf(resource, all); at; at = parentOf(at, all)) {
    if (!at.custom && at.type !== "pulumi:pulumi:Stack") return at;
  }
  return undefined;
}

function parentOf({ parent }: Resource, all: Resources): Resource | undefined {
  return parent === undefined ? undefined : all.get(parent);
}

/**
 * The name of the host that a resource is on or belongs to; undefined for what is on none (accounts, networks of the
 * cloud, DNS). A host that is still to be created has no connection yet: then it is the server that the connection
 * will come from.
 */
export function hostOf(resource: Resource, all: Resources): string | undefined {
  const { host } = resource.inputs;
  if (typeof host === "object" && host !== null && "name" in host) return String(host.name);
  const owner = componentOf(resource, all);
  if (owner && isServer(owner)) return owner.name;
  if (!resource.type.startsWith("quayside:host:")) return undefined;
  const origin = resource.propertyDependencies["host"] ?? [];
  const servers = origin.flatMap((urn) => {
    const source = all.get(urn);
    const component = source && componentOf(source, all);
    return component && isServer(component) ? [component.name] : [];
  });
  return servers[0];
}

function isServer({ type }: Resource): boolean {
  return /^quayside:server:(Existing|Hetzner)Server$/.test(type);
}

/** What a person calls the thing that a resource belongs to: a service, a server, a mesh; else the resource itself. */
export function subjectOf(resource: Resource, all: Resources): string {
  return componentOf(resource, all)?.name ?? nameOf(resource.urn);
}
