/** A stack's state as `pulumi stack export` prints it; only what is looked at here is named. */
export interface Deployment {
  deployment: {
    resources?: ResourceState[];
    pending_operations?: PendingOperation[];
    [rest: string]: unknown;
  };
  [rest: string]: unknown;
}

export interface ResourceState {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  [rest: string]: unknown;
}

/** What the engine was doing when it ended without knowing how that went. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting` … */
  type: string;
  resource: ResourceState;
}

/** The id of what a pending creation has made; undefined when it made nothing. */
export type Finder = (resource: ResourceState) => Promise<string | undefined>;

export interface Settled {
  deployment: Deployment;
  /** Created without the state knowing: taken into it. Their outputs are still to be read. */
  adopted: ResourceState[];
  /** Forgotten, as the next run finds out for itself what is there. */
  dropped: PendingOperation[];
}

/** Whether a type is one whose interrupted operations are understood here; those of others are left to the engine. */
function isOurs(type: string): boolean {
  return /^(hcloud|quayside|command):/.test(type);
}

export function pendingOf(state: Deployment): PendingOperation[] {
  return (state.deployment.pending_operations ?? []).filter(({ resource }) => isOurs(resource.type));
}

/**
 * Settles what a killed run left open. Resources on hosts observe before they change, so that their operations can
 * simply be run again; what was created at Hetzner has a name of its own there and is found by it.
 */
export async function settle(state: Deployment, find: Finder): Promise<Settled> {
  const pending = pendingOf(state);
  const known = new Set(state.deployment.resources?.map(({ urn }) => urn));
  const adopted: ResourceState[] = [];
  const dropped: PendingOperation[] = [];
  for (const operation of pending) {
    const { resource, type } = operation;
    const searched = type === "creating" && resource.type.startsWith("hcloud:") && !known.has(resource.urn);
    const id = searched ? await find(resource) : undefined;
    if (id === undefined) dropped.push(operation);
    // What the API does not tell, such as which addresses were asked for, a refresh keeps from the outputs.
    else adopted.push({ ...resource, id, outputs: { ...resource.inputs, id } });
  }
  const deployment = {
    ...state.deployment,
    resources: [...(state.deployment.resources ?? []), ...adopted],
    pending_operations: (state.deployment.pending_operations ?? []).filter((operation) => !pending.includes(operation)),
  };
  return { deployment: { ...state, deployment }, adopted, dropped };
}
