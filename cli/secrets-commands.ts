import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { committedKeyFile, describeSources } from "../secrets/age-identities.ts";
import { type SecretFault, SecretsError } from "../secrets/errors.ts";
import {
  faultsOf,
  noKeyError,
  presentSecrets,
  readStack,
  type SecretsLocation,
  type StackSecrets,
  secretsFile,
} from "../secrets/read.ts";
import { listSecrets, type NamedSecret, type SecretSchema, setCommand } from "../secrets/schema.ts";
import { schemas } from "../secrets/schemas.ts";
import { type OpenSopsFile, setValues } from "../secrets/sops.ts";
import { createStackFile, replaceFile } from "./secrets-files.ts";
import { readSecretValue } from "./secrets-input.ts";

/** Where commands work and talk; tests replace parts of it. */
export interface SecretsContext extends SecretsLocation {
  /** For results. @default standard output */
  readonly out?: (text: string) => void;
  /** For everything else. @default standard error */
  readonly note?: (text: string) => void;
  /** Reads a new value. @default standard input, or a prompt that does not echo on a terminal */
  readonly readValue?: (prompt: string) => Promise<string>;
  /** @default the schemas of this project's stacks */
  readonly schemas?: Readonly<Record<string, SecretSchema>>;
}

const out = (context: SecretsContext) => context.out ?? ((text: string) => void process.stdout.write(`${text}\n`));
const note = (context: SecretsContext) => context.note ?? ((text: string) => void process.stderr.write(`${text}\n`));

function schemaOf(stack: string, context: SecretsContext): SecretSchema {
  const schema = (context.schemas ?? schemas)[stack];
  if (!schema) throw new TypeError(`no secrets schema for stack ${stack}`);
  return schema;
}

function findSecret(stack: string, name: string, context: SecretsContext): NamedSecret {
  const all = listSecrets(schemaOf(stack, context));
  const found = all.find((secret) => secret.name === name);
  if (found) return found;
  throw new SecretsError("invalid", secretsFile(stack, context), [
    {
      path: name,
      problem: "is not a secret of this stack's schema",
      remedy: `use one of ${all.map((secret) => secret.name).join(", ")}, or add it to secrets/schemas.ts`,
    },
  ]);
}

function readOpen(stack: string, context: SecretsContext): StackSecrets & { open: OpenSopsFile } {
  const secrets = readStack(stack, context);
  if (!secrets.open) throw noKeyError(stack, secrets);
  return { ...secrets, open: secrets.open };
}

/** `quay secrets check`: 0 when nothing is wrong. */
export async function checkStack(
  stack: string,
  options: { json?: boolean },
  context: SecretsContext = {},
): Promise<number> {
  const schema = schemaOf(stack, context);
  const file = secretsFile(stack, context);
  try {
    const secrets = readStack(stack, context);
    const faults = faultsOf(stack, schema, secrets);
    if (faults.length > 0) throw new SecretsError("invalid", file, faults);
    const count = listSecrets(schema).length;
    const recipients = secrets.file.metadata.recipients.map(({ recipient }) => recipient);
    const verified = secrets.open !== undefined;
    if (options.json)
      out(context)(JSON.stringify({ ok: true, file, verified, secrets: count, recipients, faults: [] }));
    else if (verified) out(context)(`${file}: MAC verified, all ${count} secrets are there and well-formed`);
    else {
      out(context)(`${file}: all ${count} secrets are there; without a private key, values and MAC were not checked`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof SecretsError) || !options.json) throw error;
    out(context)(JSON.stringify({ ok: false, file, kind: error.kind, faults: error.faults }));
    return 1;
  }
}

/** `quay secrets get`. */
export async function getSecret(
  stack: string,
  name: string,
  options: { reveal?: boolean },
  context: SecretsContext = {},
): Promise<number> {
  const { spec } = findSecret(stack, name, context);
  const secrets = readOpen(stack, context);
  const value = presentSecrets(secrets).find((entry) => entry.name === name)?.value;
  if (value === undefined) {
    throw new SecretsError("invalid", secrets.file.file, [
      { path: name, problem: "is missing", remedy: setCommand(stack, name) },
    ]);
  }
  if (options.reveal) {
    out(context)(value.replace(/\n$/, ""));
  } else {
    const verdict = spec.format.matches(value) ? "well-formed" : `malformed, expected ${spec.format.expected}`;
    out(context)(`${name}: ${spec.description}; set, ${verdict} (--reveal prints it)`);
  }
  return 0;
}

/** `quay secrets set`. Refuses a value that the schema would refuse later. */
export async function setSecret(stack: string, name: string, context: SecretsContext = {}): Promise<number> {
  const secret = findSecret(stack, name, context);
  const secrets = readOpen(stack, context);
  const value = await (context.readValue ?? readSecretValue)(`${name} (${secret.spec.description}): `);
  if (!secret.spec.format.matches(value)) {
    throw new SecretsError("invalid", secrets.file.file, [
      {
        path: name,
        problem: `the new value was refused, nothing was changed: expected ${secret.spec.format.expected}, got ${value.length} characters`,
        remedy: setCommand(stack, name),
      },
    ]);
  }
  replaceFile(secrets.file.file, setValues(secrets.open, new Map([[secret.path, value]])));
  note(context)(`${secrets.file.file}: ${name} is set`);
  return 0;
}

/** `quay secrets rotate`. All of them, or none and why. */
export async function rotateSecrets(
  stack: string,
  names: readonly string[],
  context: SecretsContext = {},
): Promise<number> {
  const chosen = [...new Set(names)].map((name) => findSecret(stack, name, context));
  const secrets = readOpen(stack, context);
  const faults = chosen.flatMap((secret) => rotationFault(stack, secret) ?? []);
  if (faults.length > 0) throw new SecretsError("invalid", secrets.file.file, faults);
  const values = new Map<readonly string[], string>();
  for (const { path, spec } of chosen) {
    if (spec.format.generate) values.set(path, await spec.format.generate());
  }
  replaceFile(secrets.file.file, setValues(secrets.open, values));
  for (const { name, spec } of chosen) {
    note(context)(`${secrets.file.file}: ${name} has a new value (${spec.description})`);
  }
  note(context)(`./quay up ${stack} applies ${chosen.length === 1 ? "it" : "them"}`);
  return 0;
}

/** Why a secret is not replaced by a generated one. Pure. */
export function rotationFault(stack: string, { name, spec }: NamedSecret): SecretFault | undefined {
  if (spec.rotation) {
    const problem = `a new value in the file alone would not do (${spec.description}); nothing was changed`;
    return { path: name, problem, remedy: spec.rotation(stack) };
  }
  if (spec.format.generate) return undefined;
  const problem = "cannot be generated, only its issuer can make a new one; nothing was changed";
  return { path: name, problem, remedy: `${setCommand(stack, name)}${spec.source ? ` (from ${spec.source})` : ""}` };
}

/** `quay secrets init`: creates the file, or adds what is missing from it. Running it again changes nothing. */
export async function initStack(stack: string, context: SecretsContext = {}): Promise<number> {
  const all = listSecrets(schemaOf(stack, context));
  const path = secretsFile(stack, context);
  const existing = existsSync(path) ? readOpen(stack, context) : undefined;
  const present = new Set(existing ? presentSecrets(existing).map(({ name }) => name) : []);
  const missing = all.filter(({ name }) => !present.has(name));
  const values = new Map<readonly string[], string>();
  for (const { path: keys, spec } of missing) {
    if (spec.format.generate) values.set(keys, await spec.format.generate());
  }
  if (!existing) {
    const { keyFile, recipient, created } = await createStackFile(stack, path, context.project ?? ".", values);
    note(context)(`${path}: created with ${values.size} generated secrets, encrypted to ${recipient}`);
    note(context)(
      `${keyFile}: ${created ? "holds the new private key; keep a copy where you keep passwords" : "holds the private key"}`,
    );
  } else if (values.size > 0) {
    replaceFile(path, setValues(existing.open, values));
    note(context)(`${path}: added ${values.size} generated secrets`);
  } else {
    note(context)(`${path}: nothing to generate`);
  }
  for (const { name, spec } of missing) {
    if (spec.format.generate) continue;
    note(context)(
      `still to be set: ${name} (${spec.description}): ${setCommand(stack, name)}${spec.source ? `, from ${spec.source}` : ""}`,
    );
  }
  return 0;
}

/** `quay secrets edit`: real sops, because an editor on decrypted secrets needs its care for temporary files. */
export async function editStack(stack: string, context: SecretsContext = {}): Promise<number> {
  const secrets = readOpen(stack, context);
  const key = committedKeyFile(secrets.file.file);
  const env = existsSync(key) ? { ...process.env, SOPS_AGE_KEY_FILE: key } : process.env;
  const { error, status } = spawnSync("sops", ["edit", secrets.file.file], { stdio: "inherit", env });
  if (error) {
    throw new SecretsError("unreadable", secrets.file.file, [
      {
        problem: `sops is not installed or does not start; the file itself is fine (opened with ${describeSources(secrets.identities)})`,
        remedy: `install sops (https://getsops.io), or change single secrets with ${setCommand(stack, "<path>")}`,
      },
    ]);
  }
  // sops ends with 200 when the file was left as it was.
  return status === 200 ? 0 : (status ?? 1);
}
