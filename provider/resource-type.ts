import type { z } from "zod";
import type { HostConnection } from "./host.ts";
import type { Session } from "./transport/session.ts";

/** Inputs that every resource on a host has. */
export interface HostInputs {
  host: HostConnection;
}

/** Stands in for `host` in the few types that live on no host (a key pair, a choice of server type). */
export const NO_HOST: HostConnection = { name: "deployer", address: "localhost" };

/**
 * One kind of thing on a host. The observed state speaks the same words as the inputs (and may say more), so that the
 * difference between the two is the plan.
 *
 * `Inputs` are what `schema` returns; `State` is what is observed, without `host`.
 */
export interface ResourceType<Inputs extends HostInputs, State extends object> {
  /** `quayside:host:File` */
  token: string;
  /** Validates and normalises: defaults are filled in, so that inputs and observation compare directly. */
  schema: z.ZodType<Inputs>;
  /** Properties that make it another thing when they change. */
  identity: readonly (keyof Inputs & string)[];
  /** Properties that say how to work, not what the host has: never a difference. */
  settings?: readonly (keyof Inputs & string)[];
  /** What names it on its host, unique for the type there. */
  idOf(inputs: Inputs): string;
  /**
   * What it has on its host, in inputs as in state: what another resource may take over, which then stays when this one
   * goes. Nothing, where there is nothing outside of the state. @default what `idOf` names
   */
  things?(declared: Inputs | State): readonly string[];
  /** The same without some of its things, for a type that has several. */
  without?<Declared extends Inputs | State>(declared: Declared, things: ReadonlySet<string>): Declared;
  /** Observed properties that are always secrets, whatever the inputs were. */
  secretOutputs?: readonly (keyof State & string)[];
  /** Observed properties that an update never changes: what depends on them is no difference in a preview. */
  stableOutputs?: readonly (keyof State & string)[];
  /** Observed properties whose time is over by `now`, in milliseconds since 1970: a difference that nobody declared. */
  ranOut?(state: State, now: number): readonly (keyof State & string)[];
  /**
   * What is on the host now, or undefined when it is not there at all. Changes nothing; uses `session.read`.
   * `previous` is what the last run left, for what can only be told by remembering.
   */
  observe(session: Session, inputs: Inputs, previous: State | undefined): Promise<State | undefined>;
  /**
   * Makes the host as wanted, changing only what differs from `observed`, and returns what is there then. Idempotent:
   * a run that was killed half-way converges when it runs again. `previous` is what the last run left.
   */
  apply(session: Session, inputs: Inputs, observed: State | undefined, previous: State | undefined): Promise<State>;
  /** Takes it away; fine when it is gone already. Keeps data unless the inputs say otherwise. */
  remove(session: Session, inputs: Inputs, state: State): Promise<void>;
}

/** For lists of types with different inputs. */
// biome-ignore lint/suspicious/noExplicitAny: the engine side hands each type only what its own schema returned
export type AnyResourceType = ResourceType<any, any>;
