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

/** What can be asked about resources at Hetzner. */
export interface Cloud {
  /** The id of what a pending creation has made; undefined when it made nothing. */
  find(resource: ResourceState): Promise<string | undefined>;
  /** Whether something that was being deleted is not there any more. */
  isGone(resource: ResourceState): Promise<boolean>;
}

export interface Settled {
  deployment: Deployment;
  /** Created without the state knowing: taken into it. Their outputs are still to be read. */
  adopted: ResourceState[];
  /** Deleted without the state knowing: taken out of it. */
  gone: ResourceState[];
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
export async function settle(state: Deployment, cloud: Cloud): Promise<Settled> {
  const pending = pendingOf(state);
  const before = state.deployment.resources ?? [];
  const known = new Set(before.map(({ urn }) => urn));
  const adopted: ResourceState[] = [];
  const gone: ResourceState[] = [];
  const dropped: PendingOperation[] = [];
  for (const operation of pending) {
    const { resource, type } = operation;
    const atHetzner = resource.type.startsWith("hcloud:");
    const id = atHetzner && type === "creating" && !known.has(resource.urn) ? await cloud.find(resource) : undefined;
    // What the API does not tell, such as which addresses were asked for, a refresh keeps from the outputs.
    if (id !== undefined) adopted.push({ ...resource, id, outputs: { ...resource.inputs, id } });
    else if (atHetzner && type === "deleting" && (await cloud.isGone(resource))) gone.push(resource);
    else dropped.push(operation);
  }
  const isGone = ({ urn, id }: ResourceState) => gone.some((resource) => resource.urn === urn && resource.id === id);
  const deployment = {
    ...state.deployment,
    resources: [...before.filter((resource) => !isGone(resource)), ...adopted],
    pending_operations: (state.deployment.pending_operations ?? []).filter((operation) => !pending.includes(operation)),
  };
  return { deployment: { ...state, deployment }, adopted, gone, dropped };
}
