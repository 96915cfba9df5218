import type { Properties, Value } from "../../../provider/engine/values.ts";
import type { CloudflareApi } from "./api.ts";

/** A resource type of the official plugin, as far as it is imitated. */
export interface Kind {
  /** `cloudflare:index/dnsRecord:DnsRecord` */
  token: string;
  required: readonly string[];
  optional: readonly string[];
  /** Inputs whose change makes another thing. */
  identity: readonly string[];
  /** @returns id and everything that is known of it, in the words of the inputs */
  create(api: CloudflareApi, inputs: Properties): Promise<Made>;
  read(api: CloudflareApi, id: string, inputs: Properties): Promise<Properties | undefined>;
  update(api: CloudflareApi, id: string, inputs: Properties): Promise<Properties>;
  delete(api: CloudflareApi, id: string, inputs: Properties): Promise<void>;
  /** What `pulumi import` is given as id: the id proper, and the inputs that lead to it. */
  parseId(id: string): { id: string; inputs: Properties };
}

export interface Made {
  id: string;
  state: Properties;
}

/** A path, with what is put into it encoded. */
export function path(strings: TemplateStringsArray, ...values: (Value | undefined)[]): string {
  return String.raw({ raw: strings }, ...values.map((value) => encodeURIComponent(String(value))));
}

/** `created_on` is `createdOn` to a program. */
export function toProgram(answer: unknown): Properties {
  if (answer === null || typeof answer !== "object") return {};
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([key, value]) => key !== "id" && value !== null)
      .map(([key, value]) => [camelCase(key), value]),
  );
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The declared ones among these, `compatibilityDate` as `compatibility_date`. */
export function toApi(inputs: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(
    keys
      .filter((key) => inputs[key] !== undefined && inputs[key] !== null)
      .map((key) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), inputs[key] ?? null]),
  );
}

/** Ids of things in something else are said with that before them. */
export function splitId(id: string, outer: string): { id: string; inputs: Properties } {
  const [first, second, ...rest] = id.split("/");
  if (!first || !second || rest.length > 0) throw new Error(`the id is ${id}; <${outer}>/<id> is needed`);
  return { id: second, inputs: { [camelCase(outer)]: first } };
}
