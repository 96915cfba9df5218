import { type HostInputs, NO_HOST, type ResourceType } from "../resource-type.ts";
import type { Display, Session, Sessions } from "../transport/session.ts";
import { check } from "./check.ts";
import { diffProperties, type PropertyChange } from "./diff.ts";
import type { Checked, Stored } from "./plugin.ts";
import { at, type Decoded, type Path, type Properties, UNKNOWN, type Value } from "./values.ts";

/** The life of one resource type's resources, in plain values: what the gRPC server translates to and from. */
export class ResourceLife {
  readonly type: ResourceType<HostInputs, object>;
  readonly #sessions: Sessions;

  constructor(type: ResourceType<HostInputs, object>, sessions: Sessions) {
    this.type = type;
    this.#sessions = sessions;
  }

  check(news: Decoded): Checked {
    const { properties, faults } = check(this.type.schema, news);
    return { inputs: properties, secrets: news.secrets, faults };
  }

  diff(olds: Properties, news: Properties): PropertyChange[] {
    const over = this.type.ranOut?.(olds, Date.now()) ?? [];
    return [
      ...diffProperties(news, olds, { identity: this.type.identity, settings: this.type.settings ?? [] }),
      ...over.map((path) => ({ path, kind: "update", replace: false }) as const),
    ];
  }

  /** What `up` would leave, as far as a preview can know it. @param olds the state of what would be updated */
  preview(news: Decoded, olds?: Decoded): Properties {
    const kept = (this.type.stableOutputs ?? []).flatMap((key) => {
      const value = olds?.properties[key];
      return value === undefined ? [] : [[key, value] as const];
    });
    return { ...Object.fromEntries(kept), ...news.properties };
  }

  async create(news: Decoded, display: Display): Promise<Stored> {
    const inputs = this.#inputs(news);
    const session = this.#session(news, display);
    const observed = await this.type.observe(session, inputs, undefined);
    const state = await this.type.apply(session, inputs, observed, undefined);
    return { id: this.#id(inputs), properties: this.#outputs(inputs, state), secrets: this.#secrets(news) };
  }

  /** @param declared what the last run declared: its settings, which may have changed since something was done with them */
  async update(olds: Decoded, news: Decoded, display: Display, declared: Decoded): Promise<Stored> {
    const inputs = this.#inputs(news);
    const session = this.#session(merge(news, olds), display);
    const previous = { ...stateOf(olds.properties), ...this.#settings(declared.properties) };
    const observed = await this.type.observe(session, inputs, previous);
    const state = await this.type.apply(session, inputs, observed, previous);
    return { id: this.#id(inputs), properties: this.#outputs(inputs, state), secrets: this.#secrets(news) };
  }

  /** What is on the host now, as outputs and in the words of the inputs; undefined when it is gone. */
  async read(inputs: Decoded, olds: Decoded, display: Display): Promise<(Stored & { inputs: Properties }) | undefined> {
    const wanted = this.#inputs(inputs);
    const session = this.#session(merge(inputs, olds), display);
    const observed = await this.type.observe(session, wanted, stateOf(olds.properties));
    if (observed === undefined) return undefined;
    const properties = this.#outputs(wanted, observed);
    const declared = inputs.properties;
    const seen = Object.fromEntries(
      Object.keys(declared).map((key) => [key, (key === "host" ? declared[key] : (properties[key] ?? null)) as Value]),
    );
    return { id: this.#id(wanted), properties, secrets: this.#secrets(inputs), inputs: seen };
  }

  async delete(inputs: Decoded, state: Decoded, display: Display): Promise<void> {
    const session = this.#session(merge(inputs, state), display);
    await this.type.remove(session, this.#inputs(inputs), stateOf(state.properties));
  }

  #inputs(decoded: Decoded): HostInputs {
    return decoded.properties as unknown as HostInputs;
  }

  #id(inputs: HostInputs): string {
    return `${(inputs.host ?? NO_HOST).name}/${this.type.idOf(inputs)}`;
  }

  #session(decoded: Decoded, display: Display): Session {
    const secrets = decoded.secrets.flatMap((path) => leaves(at(decoded.properties, path)));
    return this.#sessions.open(this.#inputs(decoded).host ?? NO_HOST, secrets, display);
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
