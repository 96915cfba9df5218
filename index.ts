/** The Pulumi program: declares the stack that was asked for. Nothing but composition happens in the stacks. */
import { existsSync, readdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { setImmediate } from "node:timers/promises";
import "./lean-sdk.ts";
import * as pulumi from "@pulumi/pulumi";

enableCompileCache();

// `preprod-pr-12` is a preprod of its own, declared by the same file.
const [name = ""] = pulumi.getStack().split("-");
const file = new URL(`stacks/${name}.ts`, import.meta.url);
if (!existsSync(file)) {
  const known = readdirSync(new URL("stacks/", import.meta.url))
    .filter((entry) => entry.endsWith(".ts"))
    .map((entry) => entry.slice(0, -3));
  throw new pulumi.RunError(`There is no stack "${pulumi.getStack()}": stacks/ has ${known.join(", ")}.`);
}
// Starts the provider while the stack's modules are being loaded; a plugin is started by what first asks for it. The
// request needs some turns of the event loop to leave, which the loading of modules would not give it.
void pulumi.runtime.invoke("quayside:index:wake", {});
for (let turn = 0; turn < 10; turn++) await setImmediate();
export const { outputs } = (await import(file.href)) as { outputs: Record<string, unknown> };
