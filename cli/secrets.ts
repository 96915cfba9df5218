import { relative } from "node:path";
import type { Command } from "commander";
import { SecretsError } from "../secrets/errors.ts";
import { schemas } from "../secrets/schemas.ts";
import { root } from "../toolchain/places.ts";
import { UserError } from "./errors.ts";
import { checkStack, editStack, getSecret, initStack, rotateSecrets, setSecret } from "./secrets-commands.ts";

function stackName(name: string): string {
  if (!Object.hasOwn(schemas, name)) {
    throw new UserError(`there is no stack ${name} with secrets.`, `secrets/schemas.ts has ${STACKS}.`);
  }
  return name;
}

const STACKS = Object.keys(schemas).join(", ");

/** The project's files, from wherever it is called. */
const context = { project: relative(process.cwd(), root) || "." };

/** Shows a {@link SecretsError} as its message and exit code 1; anything else is a defect and keeps its trace. */
function reporting<A extends unknown[]>(action: (...args: A) => Promise<number>): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      process.exitCode = await action(...args);
    } catch (error) {
      if (!(error instanceof SecretsError)) throw error;
      process.stderr.write(`quay: ${error.message}\n`);
      process.exitCode = 1;
    }
  };
}

/** Adds `secrets` and its sub-commands to a program. */
export function registerSecrets(program: Command): void {
  const secrets = program.command("secrets").description("encrypted secrets of each stack (SOPS, age)");
  secrets
    .command("check")
    .description("verify a stack's file: integrity, then every secret against the schema")
    .argument("<stack>", STACKS, stackName)
    .option("--json", "one JSON object on standard output")
    .action(reporting((stack: string, options: { json?: boolean }) => checkStack(stack, options, context)));
  secrets
    .command("init")
    .description("create a stack's file and key, or add the secrets that are missing, with generated values")
    .argument("<stack>", STACKS, stackName)
    .action(reporting((stack: string) => initStack(stack, context)));
  secrets
    .command("get")
    .description("say whether a secret is there and well-formed; with --reveal print it")
    .argument("<stack>", STACKS, stackName)
    .argument("<path>", "dotted, as in postgres.password")
    .option("--reveal", "print the value on standard output")
    .action(
      reporting((stack: string, path: string, options: { reveal?: boolean }) =>
        getSecret(stack, path, options, context),
      ),
    );
  secrets
    .command("set")
    .description("set a secret to what standard input holds, or to what is typed (not shown)")
    .argument("<stack>", STACKS, stackName)
    .argument("<path>", "dotted, as in postgres.password")
    .action(reporting((stack: string, path: string) => setSecret(stack, path, context)));
  secrets
    .command("rotate")
    .description("replace secrets with newly generated ones; says what to do where that would break something")
    .argument("<stack>", STACKS, stackName)
    .argument("<paths...>", "dotted, as in postgres.password")
    .action(reporting((stack: string, paths: string[]) => rotateSecrets(stack, paths, context)));
  secrets
    .command("edit")
    .description("open a stack's file in $EDITOR with sops")
    .argument("<stack>", STACKS, stackName)
    .action(reporting((stack: string) => editStack(stack, context)));
}
