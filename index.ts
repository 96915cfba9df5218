/** The Pulumi program: declares the stack that was asked for. Nothing but composition happens in the stacks. */
import { existsSync, readdirSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

// `preprod-pr-12` is a preprod of its own, declared by the same file.
const [name = ""] = pulumi.getStack().split("-");
const file = new URL(`stacks/${name}.ts`, import.meta.url);
if (!existsSync(file)) {
  const known = readdirSync(new URL("stacks/", import.meta.url))
    .filter((entry) => entry.endsWith(".ts"))
    .map((entry) => entry.slice(0, -3));
  throw new pulumi.RunError(`There is no stack "${pulumi.getStack()}": stacks/ has ${known.join(", ")}.`);
}
export const { outputs } = (await import(file.href)) as { outputs: Record<string, unknown> };
