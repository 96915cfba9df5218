import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../toolchain/places.ts";
import { importsOf, packagesOf } from "./stack-plugins.ts";

test("imports are found in all their forms, those of types are none", () => {
  const source = `import * as pulumi from "@pulumi/pulumi";
import type { A } from "./types.ts";
import "./effect.ts";
import {
  type B,
  c,
} from "../c.ts";
import d, { e } from "d";
export { f } from "./f.ts";
export type { G } from "./g.ts";
export const text = "from nowhere";
`;
  expect(importsOf(source)).toEqual(["@pulumi/pulumi", "./effect.ts", "../c.ts", "d", "./f.ts"]);
});

test("a stack with a repository at GitHub uses that plugin, the lab's does not", () => {
  const folder = mkdtempSync(join(tmpdir(), "quayside-plugins-"));
  try {
    const file = join(folder, "stack.ts");
    const component = join(root, "components/github/repository.ts");
    writeFileSync(join(folder, "shared.ts"), `import { GitHubRepository } from "../..${component}";\n`);
    writeFileSync(file, 'import "./shared.ts";\n');
    expect([...packagesOf(file)]).toContain("@pulumi/github");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const lab = packagesOf(join(root, "stacks/lab.ts"));
  expect([...lab]).toContain("@pulumi/hcloud");
  expect([...lab]).not.toContain("@pulumi/github");
});
