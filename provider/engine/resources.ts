import type { HostConnection } from "../host.ts";
import { type HostInputs, NO_HOST, type ResourceType } from "../resource-type.ts";
import type { Display, Session, Sessions } from "../transport/session.ts";
import { check } from "./check.ts";
import { type Claims, explainTaken } from "./claims.ts";
import { diffMachine, diffProperties, type PropertyChange } from "./diff.ts";
import type { Checked, Stored } from "./plugin.ts";
import { at, type Decoded, type Path, type Properties, UNKNOWN, type Value } from "./values.ts";

/** The life of one resource type's resources, in plain values: what the gRPC server translates to and from. */
export class ResourceLife {
  readonly type: ResourceType<HostInputs, object>;
  readonly #sessions: Sessions;
  readonly #claims: Claims;

  constructor(type: ResourceType<HostInputs, object>, sessions: Sessions, claims: Claims) {
    this.type = type;
    this.#sessions = sessions;
    this.#claims = claims;
  }

  check(urn: string, news: Decoded): Checked {
    const { properties, faults } = check(this.type.schema, news);
    if (faults.length === 0 && news.unknowns.length === 0) {
      const inputs = this.#inputs({ ...news, properties });
      this.#claims.claim(urn, hostOf(inputs), this.#things(inputs));
    }
    return { inputs: properties, secrets: this.#secrets(news), faults };
  }

  /** @param declared the inputs of the last run */
  diff(olds: Properties, news: Properties, declared: Properties): PropertyChange[] {
    const over = this.type.ranOut?.(olds, Date.now()) ?? [];
    return [
      ...diffProperties(news, olds, { identity: this.type.identity, settings: this.type.settings ?? [] }),
      ...diffMachine(declared, news),
      ...over.map((path) => ({ path, kind: "update", replace: false }) as const),
    ];
  }

  /**
   * What `up` would leave, as far as a preview can know it.
   *
   * @param olds what would be updated, and what the last run declared of it
   */
  preview(news: Decoded, olds?: { state: Decoded; inputs: Decoded }): Properties {
    const stays = olds && diffMachine(olds.inputs.properties, news.properties).length === 0;
    const kept = (this.type.stableOutputs ?? []).flatMap((key) => {
      const value = stays ? olds.state.properties[key] : undefined;
      return value === undefined ? [] : [[key, value] as const];
    });
    return { ...Object.fromEntries(kept), ...news.properties };
  }

  async create(news: Decoded, display: Display): Promise<Stored> {
    const inputs = this.#inputs(news);
    const session = this.#session(news, display);
    await this.#claims.settled(session.host, this.#things(inputs));
    const observed = await this.type.observe(session, inputs, undefined);
    const state = await this.type.apply(session, inputs, observed, undefined);
    return { id: this.#id(inputs), properties: this.#outputs(inputs, state), secrets: this.#secrets(news) };
  }

  /** @param declared what the last run declared: its settings, which may have changed since something was done with them */
  async update(urn: string, olds: Decoded, news: Decoded, display: Display, declared: Decoded): Promise<Stored> {
    const inputs = this.#inputs(news);
    const session = this.#session(merge(news, olds), display);
    await this.#claims.settled(session.host, this.#things(inputs));
    // On another machine there is nothing of what the last run left.
    const anew = diffMachine(declared.properties, news.properties).length > 0;
    const before = anew ? undefined : { ...stateOf(olds.properties), ...this.#settings(declared.properties) };
    const wanted = this.#things(inputs);
    const abandoned = before ? this.#things(inputs, before).filter((thing) => !wanted.includes(thing)) : [];
    const previous = before && this.#without(before, this.#claims.taken(urn, session.host, abandoned));
    const state = await this.#claims.release(session.host, abandoned, async () => {
      const observed = await this.type.observe(session, inputs, previous);
      return this.type.apply(session, inputs, observed, previous);
    });
    return { id: this.#id(inputs), properties: this.#outputs(inputs, state), secrets: this.#secrets(news) };
  }

  /**
   * What is on the host now; undefined when it is gone. What was declared stays so, whatever is found: it is what the
   * next look goes by, and what a deletion has to take away.
   */
  async read(inputs: Decoded, olds: Decoded, display: Display): Promise<Stored | undefined> {
    const wanted = this.#inputs(inputs);
    const session = this.#session(merge(inputs, olds), display);
    const observed = await this.type.observe(session, wanted, stateOf(olds.properties));
    if (observed === undefined) return undefined;
    return { id: this.#id(wanted), properties: this.#outputs(wanted, observed), secrets: this.#secrets(inputs) };
  }

  /** What another resource of this run declares stays. */
  async delete(urn: string, inputs: Decoded, state: Decoded, display: Display): Promise<void> {
    const session = this.#session(merge(inputs, state), display);
    const [declared, left] = [this.#inputs(inputs), stateOf(state.properties)];
    const things = this.#things(declared, left);
    const taken = this.#claims.taken(urn, session.host, things);
    if (taken.size > 0) session.warn(explainTaken(taken, taken.size === things.length));
    if (taken.size > 0 && taken.size === things.length) return;
    await this.#claims.release(session.host, things, () =>
      this.type.remove(session, this.#without(declared, taken), this.#without(left, taken)),
    );
  }

  #things(inputs: HostInputs, state?: object): string[] {
    const { things = () => [`${this.type.token} ${this.type.idOf(inputs)}`] } = this.type;
    return [...new Set([...things(inputs), ...(state ? things(state) : [])])];
  }

  #without<Declared extends object>(declared: Declared, taken: ReadonlyMap<string, string>): Declared {
    if (taken.size === 0) return declared;
    return this.type.without?.(declared, new Set(taken.keys())) ?? declared;
  }

  #inputs(decoded: Decoded): HostInputs {
    return decoded.properties as unknown as HostInputs;
  }

  #id(inputs: HostInputs): string {
    return `${hostOf(inputs).name}/${this.type.idOf(inputs)}`;
  }

  #session(decoded: Decoded, display: Display): Session {
    const secrets = decoded.secrets.flatMap((path) => leaves(at(decoded.properties, path)));
    return this.#sessions.open(hostOf(this.#inputs(decoded)), secrets, display);
  }

  #secrets(inputs: Decoded): Path[] {
    return [...inputs.secrets, ...(this.type.secretOutputs ?? []).map((property) => [property])];
  }

  #settings(all: Properties): Properties {
    return Object.fromEntries((this.type.settings ?? []).map((key) => [key, all[key] ?? null]));
  }

  /** Settings are echoed so that a later delete knows them; everything else is what was observed. */
  #outputs(inputs: HostInputs, state: object): Properties {
    const all = inputs as unknown as Properties;
    const settings = this.#settings(all);
    const host: Properties = all.host ? { host: all.host } : {};
    return { ...host, ...settings, ...(state as Properties) } as Properties;
  }
}

function hostOf(inputs: Partial<HostInputs>): HostConnection {
  return inputs.host ?? NO_HOST;
}

function stateOf(properties: Properties): object {
  const { host: _, ...state } = properties;
  return state;
}

function merge(first: Decoded, second: Decoded): Decoded {
  const extra = second.secrets.filter((path) => at(first.properties, path) === undefined);
  return { ...first, properties: { ...second.properties, ...first.properties }, secrets: [...first.secrets, ...extra] };
}

function leaves(value: Value | undefined): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object" || (value as unknown) === UNKNOWN) return [];
  return Object.values(value).flatMap((item) => leaves(item as Value));
}
