/** Writes docs/resources and docs/components from the docstrings: `npm run docs`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../toolchain/places.ts";
import { reference } from "./pages.ts";

const { pages, faults } = reference(root);
for (const folder of ["resources", "components"]) rmSync(join(root, "docs", folder), { recursive: true, force: true });
for (const [path, text] of pages) {
  const file = join(root, "docs", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
if (faults.length > 0) {
  process.stderr.write(`Without a docstring:\n${faults.map((fault) => `  ${fault}\n`).join("")}`);
  process.exitCode = 1;
}
