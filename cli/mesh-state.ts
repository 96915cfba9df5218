import type { HostConnection } from "../provider/index.ts";

/** A mesh as a stack's state tells of it. */
export interface DeployedMesh {
  name: string;
  /** What devices log in to. */
  url: string;
  /** Where Headscale runs. */
  hub: HostConnection;
  /** People by group. */
  groups: Record<string, string[]>;
  /** Whether devices have to be taught to trust the hub's own authority, PEM. */
  authority?: string;
}

interface State {
  deployment?: { resources?: { type: string; urn: string; outputs?: Record<string, unknown> }[] };
}

/** The meshes of a stack, out of what `pulumi stack export` prints; one whose first deployment did not end is left out. */
export function deployedMeshes(exported: string): DeployedMesh[] {
  const { deployment } = JSON.parse(exported) as State;
  return (deployment?.resources ?? []).flatMap(({ type, urn, outputs = {} }) => {
    const { url, hub, groups, authority } = outputs as Partial<DeployedMesh>;
    if (type !== "quayside:mesh:Mesh" || !url || !hub) return [];
    return [{ name: urn.split("::").at(-1) ?? "", url, hub, groups: groups ?? {}, ...(authority && { authority }) }];
  });
}

/** The groups that a person is in. */
export function groupsOf(mesh: DeployedMesh, user: string): string[] {
  const people = Object.entries(mesh.groups);
  return people.flatMap(([group, members]) => (members.includes(user) ? [group] : [])).sort();
}
