import type { SecretFault } from "./errors.ts";
import type { SecretFormat } from "./formats.ts";

/** What else a schema says of a secret. */
export interface SecretDetails {
  /** Where a value comes from that cannot be generated: "Hetzner console > project > Security > API tokens". */
  readonly source?: string;
  /**
   * For a secret whose new value does nothing, or harm, when it is in the file alone: what to do instead of generating one,
   * in the stack that is named. `quay secrets rotate` refuses with it.
   *
   * @default a generated value, which the next `up` applies
   */
  readonly rotation?: (stack: string) => string;
}

/** One secret of a schema. */
export class SecretSpec {
  /** What it is for, in a few words. */
  readonly description: string;
  readonly format: SecretFormat;
  readonly source: string | undefined;
  readonly rotation: ((stack: string) => string) | undefined;

  constructor(description: string, format: SecretFormat, { source, rotation }: SecretDetails = {}) {
    this.description = description;
    this.format = format;
    this.source = source;
    this.rotation = rotation;
  }
}

/**
 * Names one secret.
 *
 * @param description - What it is for, in a few words.
 */
export function secret(description: string, format: SecretFormat, details?: SecretDetails): SecretSpec {
  return new SecretSpec(description, format, details);
}

/** The secrets of a stack: a tree whose leaves are made by {@link secret}. */
export interface SecretSchema {
  readonly [key: string]: SecretSpec | SecretSchema;
}

/** The tree of a schema with a value of type `T` for each secret. */
export type SecretTree<S extends SecretSchema, T> = {
  readonly [K in keyof S]: S[K] extends SecretSpec ? T : S[K] extends SecretSchema ? SecretTree<S[K], T> : never;
};

/** A secret with its place in the schema. */
export interface NamedSecret {
  readonly path: readonly string[];
  /** Dotted path. */
  readonly name: string;
  readonly spec: SecretSpec;
}

/** All secrets of a schema, in its order. */
export function listSecrets(schema: SecretSchema, prefix: readonly string[] = []): NamedSecret[] {
  return Object.entries(schema).flatMap(([key, node]) => {
    const path = [...prefix, key];
    return node instanceof SecretSpec ? [{ path, name: path.join("."), spec: node }] : listSecrets(node, path);
  });
}

/** Puts a value at every secret of a schema. */
export function mapSecrets<S extends SecretSchema, T>(schema: S, value: (secret: NamedSecret) => T): SecretTree<S, T> {
  const build = (node: SecretSchema, prefix: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(node).map(([key, child]) => {
        const path = [...prefix, key];
        if (child instanceof SecretSpec) return [key, value({ path, name: path.join("."), spec: child })];
        return [key, build(child, path)];
      }),
    );
  return build(schema, []) as SecretTree<S, T>;
}

/** A value of a file as far as a schema cares. */
export interface PresentSecret {
  /** Dotted path. */
  readonly name: string;
  /** The value in clear; `undefined` when it could not be decrypted for want of a key. */
  readonly value: string | undefined;
  /** Whether the file keeps it encrypted. */
  readonly encrypted: boolean;
}

/** The command that sets one secret. */
export function setCommand(stack: string, name: string): string {
  return `./quay secrets set ${stack} ${name}`;
}

/**
 * Compares a file's content with its schema.
 *
 * @param present - The file's values, null and empty ones left out.
 * @returns All faults, in the order of the schema, then unknown keys in the order of the file. Never holds a value.
 */
export function checkSecrets(
  stack: string,
  schema: SecretSchema,
  present: readonly PresentSecret[],
): readonly SecretFault[] {
  const secrets = listSecrets(schema);
  const values = new Map(present.map((entry) => [entry.name, entry]));
  const faults = secrets.flatMap(({ name, spec }): SecretFault[] => {
    const entry = values.get(name);
    const remedy = `${setCommand(stack, name)}${spec.source ? ` (from ${spec.source})` : ""}`;
    const expected = `${spec.description}: expected ${spec.format.expected}`;
    if (!entry) return [{ path: name, problem: `is missing; ${expected}`, remedy }];
    if (!entry.encrypted) {
      const problem = "is stored in clear, so whoever can read the file has it";
      return [{ path: name, problem, remedy: `replace the secret where it is used, then ${remedy}` }];
    }
    if (entry.value !== undefined && !spec.format.matches(entry.value)) {
      return [{ path: name, problem: `is malformed; ${expected}, got ${describe(entry.value)}`, remedy }];
    }
    return [];
  });
  const known = new Set(secrets.map(({ name }) => name));
  for (const { name } of present) {
    if (known.has(name)) continue;
    const remedy = `delete it (sops secrets/${stack}.sops.yaml), or name it in the stack's schema`;
    faults.push({ path: name, problem: "is not a secret of this stack's schema", remedy });
  }
  return faults;
}

/** Enough to see the mistake, nothing of the value. */
function describe(value: string): string {
  const lines = value.split("\n").length;
  return `${value.length} characters${lines > 1 ? ` on ${lines} lines` : ""}${/\s$/.test(value) ? ", ending in white space" : ""}`;
}
