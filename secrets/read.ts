import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgeIdentities, findIdentities, searchedPlaces } from "./age-identities.ts";
import { type SecretFault, SecretsError } from "./errors.ts";
import { checkSecrets, type PresentSecret, type SecretSchema } from "./schema.ts";
import { type OpenSopsFile, openSopsFile } from "./sops.ts";
import { parseSopsFile, type SopsFile } from "./sops-file.ts";

/** Where a stack's secrets are. */
export interface SecretsLocation {
  /**
   * The project folder, which holds `secrets/`.
   *
   * @default the working directory, which for a Pulumi program is the folder of Pulumi.yaml
   */
  readonly project?: string;
}

/** `secrets/<stack>.sops.yaml`, below the project folder if one is given. */
export function secretsFile(stack: string, { project }: SecretsLocation = {}): string {
  const path = join("secrets", `${stack}.sops.yaml`);
  return project === undefined ? path : join(project, path);
}

/** A stack's file, decrypted if a key was at hand. */
export interface StackSecrets {
  readonly file: SopsFile;
  /** `undefined`: no usable key was found, and only the names of the secrets are known. */
  readonly open: OpenSopsFile | undefined;
  readonly identities: AgeIdentities;
}

/**
 * Reads and, when a key is at hand, decrypts and verifies a stack's file.
 *
 * A key given by environment variable that does not fit the file is an error. Keys that merely lie in the user's
 * keys.txt may be there for other projects; if none fits, it is as if there were none.
 *
 * @throws SecretsError kinds `no-file`, `unreadable`, `wrong-key`, `tampered`, `no-key` (unreadable key file).
 */
export function readStack(stack: string, location: SecretsLocation = {}): StackSecrets {
  const path = secretsFile(stack, location);
  if (!existsSync(path)) {
    throw new SecretsError("no-file", path, [
      { problem: "there is no such file", remedy: `./quay secrets init ${stack}` },
    ]);
  }
  const file = parseSopsFile(path, readFileSync(path, "utf8"));
  const identities = findIdentities(path);
  if (identities.keys.length === 0) return { file, open: undefined, identities };
  try {
    return { file, open: openSopsFile(file, identities), identities };
  } catch (error) {
    const foreign = error instanceof SecretsError && error.kind === "wrong-key" && !identities.explicit;
    if (!foreign) throw error;
    return { file, open: undefined, identities };
  }
}

/** The error for a step that cannot do without the secrets. */
export function noKeyError(stack: string, { file, identities }: StackSecrets): SecretsError {
  const recipients = file.metadata.recipients.map(({ recipient }) => recipient).join(", ");
  const others =
    identities.keys.length > 0 ? `; the ${identities.keys.length} key(s) found there are not among them` : "";
  return new SecretsError("no-key", file.file, [
    {
      problem: `is encrypted to ${recipients}, and its private key was not found in ${searchedPlaces(file.file)}${others}`,
      remedy: `SOPS_AGE_KEY_FILE=<key file> and the same command again; to see what is in the file without a key: ./quay secrets check ${stack}`,
    },
  ]);
}

/** The values of a file in the shape that a schema is checked against. */
export function presentSecrets({ file, open }: Pick<StackSecrets, "file" | "open">): PresentSecret[] {
  if (open) {
    return open.leaves
      .filter(({ value }) => value && value.text !== "")
      .map(({ path, value, encrypted }) => ({ name: path.join("."), value: value?.text, encrypted }));
  }
  return file.leaves
    .filter(({ text }) => text !== "")
    .map(({ path, encrypted }) => ({ name: path.join("."), value: undefined, encrypted }));
}

/** All faults of a stack's file against its schema; without a key, those that its clear text shows. */
export function faultsOf(stack: string, schema: SecretSchema, secrets: StackSecrets): readonly SecretFault[] {
  return checkSecrets(stack, schema, presentSecrets(secrets));
}

/**
 * One secret for the command line's own use (Pulumi's passphrase, an SSH key): to be handed to a child process by
 * environment or pipe, never printed.
 *
 * @param path - Dotted path, `pulumi.passphrase`.
 * @returns `undefined` when no key is at hand, or the file does not have the secret.
 * @throws SecretsError as {@link readStack}.
 */
export function readSecretForCli(stack: string, path: string, location: SecretsLocation = {}): string | undefined {
  const secrets = readStack(stack, location);
  return secrets.open && presentSecrets(secrets).find(({ name }) => name === path)?.value;
}
