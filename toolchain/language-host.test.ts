import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./places.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quayside-language-host-"));
  copyFileSync(
    join(root, "toolchain", "language-nodejs", "pulumi-language-nodejs"),
    join(folder, "pulumi-language-nodejs"),
  );
  writeFileSync(join(folder, "pulumi-language-nodejs-host"), `#!/bin/sh\nprintf '%s\\n' "$@"\n`, { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The arguments that the host gets in a project with this Pulumi.yaml, started in a folder of the project. */
function argumentsFor(settings: string, from = "."): string[] {
  const project = mkdtempSync(join(folder, "project-"));
  writeFileSync(join(project, "Pulumi.yaml"), settings);
  mkdirSync(join(project, from), { recursive: true });
  const output = execFileSync(join(folder, "pulumi-language-nodejs"), ["127.0.0.1:1"], {
    cwd: join(project, from),
    encoding: "utf8",
  });
  return output.trimEnd().split("\n");
}

test("the options of the project's runtime become the host's flags", () => {
  const settings = `name: x
runtime:
  name: nodejs
  options:
    typescript: false # Node does it
    nodeargs: "--one --two=2"
main: index.ts
`;
  const flags = ["-typescript=false", "-nodeargs=--one --two=2", "127.0.0.1:1"];
  expect(argumentsFor(settings)).toEqual(flags);
  expect(argumentsFor(settings, "deep/er")).toEqual(flags);
});

test("without options, and for what only looks like one, there are none", () => {
  expect(argumentsFor("name: x\nruntime: nodejs\n")).toEqual(["127.0.0.1:1"]);
  expect(argumentsFor("name: x\nruntime:\n  name: nodejs\nconfig:\n  typescript: false\n")).toEqual(["127.0.0.1:1"]);
});
