import { type Mark, type Topology, topologyOf } from "../diagram/topology.ts";
import type { HostChanges, SubjectChanges } from "../plan-model/changes.ts";
import { type Host, type Platform, platformOf } from "../plan-model/platform.ts";
import { type Preview, resourcesAfter, resourcesBefore } from "../plan-model/preview.ts";

const MARKS: Record<SubjectChanges["operation"], Mark> = {
  create: "new",
  update: "changed",
  replace: "changed",
  delete: "removed",
};

/** The changed services alone, removed ones included, with who reaches them; undefined when no service changes. */
export function changedTopology(preview: Preview, changes: readonly HostChanges[]): Topology | undefined {
  const after = platformOf(resourcesAfter(preview));
  const before = platformOf(resourcesBefore(preview));
  const marks = new Map(
    changes.flatMap(({ host, subjects }) =>
      subjects.map(({ name, operation }) => [`${host}/${name}`, MARKS[operation]] as const),
    ),
  );
  const both = withRemoved(after, before, marks);
  const topology = topologyOf(both, { only: marks });
  return topology.hosts.length > 0 ? topology : undefined;
}

function withRemoved(after: Platform, before: Platform, marks: ReadonlyMap<string, Mark>): Platform {
  const kept = after.hosts.map((host): Host => {
    const old = before.hosts.find(({ name }) => name === host.name);
    const removed = removedOf(old, marks);
    const names = new Set(removed.map(({ name }) => name));
    const routes = old?.routes.filter(({ service }) => names.has(service)) ?? [];
    return { ...host, services: [...host.services, ...removed], routes: [...host.routes, ...routes] };
  });
  const gone = before.hosts.filter(({ name }) => !after.hosts.some((host) => host.name === name));
  return { ...after, hosts: [...kept, ...gone] };
}

function removedOf(host: Host | undefined, marks: ReadonlyMap<string, Mark>): Host["services"] {
  return host?.services.filter(({ name }) => marks.get(`${host.name}/${name}`) === "removed") ?? [];
}
