import * as pulumi from "@pulumi/pulumi";
import { SecretsError } from "./errors.ts";
import { faultsOf, noKeyError, presentSecrets, readStack, type SecretsLocation } from "./read.ts";
import { mapSecrets, type SecretSchema, type SecretTree } from "./schema.ts";
import { sshPublicKeyOf } from "./ssh-key.ts";

/** A stack's secrets as a Pulumi program sees them: every leaf is a secret output from the first moment. */
export type Secrets<S extends SecretSchema> = SecretTree<S, pulumi.Output<string>>;

const warned = new Set<string>();

/**
 * Loads `secrets/<stack>.sops.yaml`, verified and checked against its schema, before anything of the stack is declared:
 *
 * ```ts
 * const secrets = loadSecrets("prod", platformSecrets);
 * new Postgres("postgres", { password: secrets.postgres.password, ... });
 * ```
 *
 * Without a private key a preview gets placeholders of the right form and one warning; the names in the file are still
 * checked against the schema. An update stops.
 *
 * @throws pulumi.RunError that names the file and all faults at once, each with the command that fixes it.
 */
export function loadSecrets<S extends SecretSchema>(
  stack: string,
  schema: S,
  location: SecretsLocation = {},
): Secrets<S> {
  try {
    const secrets = readStack(stack, location);
    const faults = faultsOf(stack, schema, secrets);
    if (faults.length > 0) throw new SecretsError("invalid", secrets.file.file, faults);
    if (!secrets.open) {
      const error = noKeyError(stack, secrets);
      if (!pulumi.runtime.isDryRun()) throw error;
      warnOnce(error);
      return mapSecrets(schema, ({ spec }) => pulumi.secret(spec.format.placeholder));
    }
    const values = new Map(presentSecrets(secrets).map(({ name, value }) => [name, value ?? ""]));
    return mapSecrets(schema, ({ name }) => pulumi.secret(values.get(name) ?? ""));
  } catch (error) {
    // A RunError is shown as its message alone; anything else with a stack trace of no use to the reader.
    if (error instanceof SecretsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

function warnOnce(error: SecretsError): void {
  if (warned.has(error.file)) return;
  warned.add(error.file);
  const [fault] = error.faults;
  void pulumi.log.warn(
    `${error.file}: secrets are shown as placeholders, so changes of secret values in this preview mean nothing: the file ${fault?.problem}`,
  );
}

/**
 * The public half of a private SSH key, for servers to accept. Not a secret.
 *
 * @returns For a placeholder, a placeholder of the right form.
 */
export function sshPublicKey(privateKey: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.unsecret(pulumi.output(privateKey).apply(sshPublicKeyOf));
}
