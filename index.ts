/** The Pulumi program: declares the stack that was asked for. Nothing but composition happens in the stacks. */
import { existsSync, readdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import * as pulumi from "@pulumi/pulumi";

enableCompileCache();
// Pulumi takes a stack trace for every resource, for reports of leaks. Mapping each through source maps costs half a
// second per preview, and types that are only stripped need no mapping.
Reflect.deleteProperty(Error, "prepareStackTrace");

// `preprod-pr-12` is a preprod of its own, declared by the same file.
const [name = ""] = pulumi.getStack().split("-");
const file = new URL(`stacks/${name}.ts`, import.meta.url);
if (!existsSync(file)) {
  const known = readdirSync(new URL("stacks/", import.meta.url))
    .filter((entry) => entry.endsWith(".ts"))
    .map((entry) => entry.slice(0, -3));
  throw new pulumi.RunError(`There is no stack "${pulumi.getStack()}": stacks/ has ${known.join(", ")}.`);
}
// Starts the provider while the stack's modules are being loaded; a plugin is started by what first asks for it.
void pulumi.runtime.invoke("quayside:index:wake", {});
export const { outputs } = (await import(file.href)) as { outputs: Record<string, unknown> };
