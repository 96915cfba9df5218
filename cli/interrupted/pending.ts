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
  /** `<URN of its provider>::<id>` */
  provider?: string;
  [rest: string]: unknown;
}

/** The name that people know a resource by. */
export function nameOf({ urn }: ResourceState): string {
  return urn.split("::").at(-1) ?? urn;
}

/** What the engine was doing when it ended without knowing how that went. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting` … */
  type: string;
  resource: ResourceState;
}

/** What can be asked about resources where they are made: at Hetzner, GitHub, Cloudflare. */
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
  /** Creations at providers that nobody here can ask: forgotten, too, and for a person to look at. */
  unsure: PendingOperation[];
}

/** By the first part of a type, `hcloud`: whom to ask about it. */
export type Clouds = Readonly<Partial<Record<string, Cloud>>>;

/** Providers whose creations can simply be made again: they look before they change, or make nothing outside the state. */
const REPEATABLE: ReadonlySet<string> = new Set(["quayside", "command", "pulumi", "random", "tls", "time"]);

const packageOf = ({ type }: ResourceState): string => type.split(":")[0] ?? type;

export function pendingOf(state: Deployment): PendingOperation[] {
  return state.deployment.pending_operations ?? [];
}

/**
 * Settles what a killed run left open. Resources on hosts observe before they change, so that their operations can
 * simply be run again; what was created elsewhere is found by what it was declared with.
 */
export async function settle(state: Deployment, clouds: Clouds): Promise<Settled> {
  const before = state.deployment.resources ?? [];
  const known = new Set(before.map(({ urn }) => urn));
  const settled: Omit<Settled, "deployment"> = { adopted: [], gone: [], dropped: [], unsure: [] };
  for (const operation of pendingOf(state)) {
    const { resource, type } = operation;
    const cloud = clouds[packageOf(resource)];
    const isNew = type === "creating" && !known.has(resource.urn);
    const id = isNew ? await cloud?.find(resource) : undefined;
    // What the API does not tell, such as which addresses were asked for, a refresh keeps from the outputs.
    if (id !== undefined) settled.adopted.push({ ...resource, id, outputs: { ...resource.inputs, id } });
    else if (type === "deleting" && (await cloud?.isGone(resource))) settled.gone.push(resource);
    else if (isNew && !cloud && !REPEATABLE.has(packageOf(resource))) settled.unsure.push(operation);
    else settled.dropped.push(operation);
  }
  const isGone = ({ urn, id }: ResourceState) =>
    settled.gone.some((resource) => resource.urn === urn && resource.id === id);
  const deployment = {
    ...state.deployment,
    resources: [...before.filter((resource) => !isGone(resource)), ...settled.adopted],
    pending_operations: [],
  };
  return { deployment: { ...state, deployment }, ...settled };
}
