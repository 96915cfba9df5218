import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** What a program prints that Node was told to preload as Pulumi.yaml does; `loaded(name)` tells whether a package was loaded. */
async function program(text: string): Promise<unknown> {
  const source = `
    import { createRequire } from "node:module";
    import * as pulumi from "@pulumi/pulumi";
    const { cache } = createRequire(import.meta.url);
    const loaded = (name) => Object.values(cache).some((module) => module.id.includes(name) && module.children.length > 0);
    const printed = await (async () => { ${text} })();
    console.log(JSON.stringify(printed));`;
  const node = [...process.execArgv, "--import", "./preload/index.ts", "--input-type=module", "--eval", source];
  const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: join(import.meta.dirname, "..") });
  return JSON.parse(stdout);
}

test.concurrent("what a program never uses is not loaded", async () => {
  const seen = await program(
    `new pulumi.Config("x"); return ["/arborist/", "/automation/", "/grpc-js/"].map((name) => loaded(name));`,
  );
  expect(seen).toEqual([false, false, true]);
});

test.concurrent("the Automation API and functions as text are there when asked for", async () => {
  const seen = await program(`
    const { text } = await pulumi.runtime.serializeFunction(() => 40 + 2);
    return [typeof pulumi.automation.LocalWorkspace.create, Object.keys(pulumi.automation).includes("Stack"), text];
  `);
  expect(seen).toEqual(["function", true, expect.stringContaining("40 + 2")]);
});
