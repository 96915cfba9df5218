/** Whether a stack's secrets are whole, and the keys at hand. */
import { describeSources } from "../../secrets/age-identities.ts";
import { SecretsError } from "../../secrets/errors.ts";
import { faultsOf, noKeyError, presentSecrets, readStack } from "../../secrets/read.ts";
import { schemas } from "../../secrets/schemas.ts";
import { root } from "../../toolchain/places.ts";
import { kindOf } from "../stack-kind.ts";
import { type Finding, inArea } from "./finding.ts";

const { ok, warning, problem } = inArea("secrets");

export function secretFindings(stack: string): Finding[] {
  const kind = kindOf(stack);
  const schema = schemas[kind];
  try {
    const secrets = readStack(kind, { project: root });
    const faults = schema ? faultsOf(kind, schema, secrets) : [];
    const names = presentSecrets(secrets).map(({ name }) => name);
    return [
      secrets.open
        ? ok("age key", describeSources(secrets.identities))
        : fromError("age key", noKeyError(kind, secrets), warning)[0],
      ...faults.map((fault) => problem(fault.path ?? "file", fault.problem, fault.remedy)),
      ...(faults.length === 0 ? [ok("file", `${names.length} secrets${secrets.open ? ", all well-formed" : ""}`)] : []),
      sshKey(names.includes("ssh.privateKey"), secrets.open !== undefined),
    ].filter((finding) => finding !== undefined);
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    return fromError("file", error, problem);
  }
}

function fromError(name: string, error: SecretsError, level: typeof problem): Finding[] {
  return error.faults.map((fault) => level(name, `${error.file} ${fault.problem}`, fault.remedy));
}

/** As the provider looks for it. */
function sshKey(declared: boolean, open: boolean, env = process.env): Finding {
  if (env["QUAYSIDE_SSH_KEY_FILE"]) return ok("SSH key", `QUAYSIDE_SSH_KEY_FILE: ${env["QUAYSIDE_SSH_KEY_FILE"]}`);
  if (declared && open) return ok("SSH key", "the stack's own (ssh.privateKey)");
  if (env["SSH_AUTH_SOCK"]) return ok("SSH key", "an SSH agent");
  return warning(
    "SSH key",
    "neither the stack's own can be read, nor is there an agent: your own key files are tried",
    "Give the stack's secrets their key (SOPS_AGE_KEY_FILE=<key file>), or set QUAYSIDE_SSH_KEY_FILE.",
  );
}
