/** How Pulumi writes a value that only an apply will know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** How Pulumi writes a secret where it shows a value. */
export const SECRET = "[secret]";

/** A resource or component as a preview or a state lists it; secrets are masked in both. */
export interface Resource {
  urn: string;
  /** `quayside:host:ComposeProject`, `hcloud:index/server:Server` … */
  type: string;
  /** Its name in the program. */
  name: string;
  /** False for components. */
  custom: boolean;
  inputs: Readonly<Record<string, unknown>>;
  /** What was observed when it was last applied; empty for what does not exist yet. */
  outputs: Readonly<Record<string, unknown>>;
  parent?: string;
  dependencies: readonly string[];
  /** By input: the resources that its value comes from. */
  propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** A resource in the engine's JSON, of which older or other versions may leave out anything but the first two. */
export interface RawResource {
  urn: string;
  type: string;
  custom?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  parent?: string;
  dependencies?: readonly string[] | null;
  propertyDependencies?: Record<string, readonly string[] | null> | null;
}

export function readResource(raw: RawResource): Resource {
  const { urn, type, custom = true, inputs, outputs, parent, dependencies, propertyDependencies } = raw;
  return {
    urn,
    type,
    name: nameOf(urn),
    custom,
    inputs: (masked(inputs) as Record<string, unknown>) ?? {},
    outputs: (masked(outputs) as Record<string, unknown>) ?? {},
    ...(parent && { parent }),
    dependencies: dependencies ?? [],
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
    ),
  };
}

/** The name of a resource in its program, which ends its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** How the engine marks secrets, assets and the like in states. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** A state has its secrets as ciphertext, or in plain text after `--show-secrets`; neither goes any further than here. */
function masked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(masked);
  if ((value as Record<string, unknown>)[SIGNATURE] === SECRET_SIGNATURE) return SECRET;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}
