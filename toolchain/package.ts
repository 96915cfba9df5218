/**
 * Compiles what is published to dist/: `npm pack` runs this first. Node does not strip types below node_modules, so the
 * package is plain JavaScript with declarations.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./places.ts";

const dist = join(root, "dist");

/** Read at run time, and nothing that the compiler knows of. */
const assets = ["components/docker/docker-release-key.asc", "provider/pulumi-resource-quayside"];

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", "tsconfig.build.json"], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
});
for (const asset of assets) copyFileSync(join(root, asset), join(dist, asset));
chmodSync(join(dist, "provider/pulumi-resource-quayside"), 0o755);

// The provider reads its version from the manifest beside it; the copy must not promise entry points of its own.
const { name, version, type } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
writeFileSync(join(dist, "package.json"), `${JSON.stringify({ name, version, type }, null, 2)}\n`);
