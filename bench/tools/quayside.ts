import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { backendUrl } from "../../cli/backend.ts";
import { parallel } from "../../cli/pulumi.ts";
import { engineEnvironment } from "../../cli/stack-environment.ts";
import { run } from "../../lab/command.ts";
import type { TestHost } from "../../tests/e2e/harness/host.ts";
import { root } from "../../toolchain/places.ts";
import { files, units } from "../items.ts";
import type { Phase, Tool } from "./tool.ts";

/** With a look at the host before anything else: without one, `up` would compare with the state only. */
const verbs: Readonly<Record<Phase, readonly string[]>> = {
  first: ["up", "--yes", "--skip-preview", "--refresh"],
  again: ["up", "--yes", "--skip-preview", "--refresh"],
  drift: ["preview", "--refresh"],
};

/** `each`: a resource per file, as the other tools have an item per file. `set`: the sixty files as one resource. */
export function quayside(kind: "each" | "set"): Tool {
  let folder = "";
  let env: Record<string, string> = {};
  return {
    name: kind === "each" ? "Quayside, 60 `File`" : "Quayside, one `Files`",
    async prepare(own: string, host: TestHost) {
      folder = own;
      env = {
        ...engineEnvironment(),
        PULUMI_BACKEND_URL: backendUrl(join(own, "state")),
        PULUMI_CONFIG_PASSPHRASE: "bench",
        QUAYSIDE_SSH_KEY_FILE: host.keyFile,
      };
      await symlink(join(root, "node_modules"), join(own, "node_modules"));
      await writeFile(join(own, "package.json"), '{ "type": "module" }\n');
      await writeFile(join(own, "Pulumi.yaml"), manifest);
      await writeFile(join(own, "index.ts"), program(kind, host));
    },
    async forget() {
      await rm(join(folder, "state"), { recursive: true, force: true });
      await rm(join(folder, "Pulumi.bench.yaml"), { force: true });
      await mkdir(join(folder, "state"));
      await run("pulumi", ["stack", "init", "bench", "--non-interactive"], { cwd: folder, env });
    },
    command: (phase) => ({
      program: "pulumi",
      args: [...verbs[phase], ...parallel, "--stack", "bench", "--non-interactive", "--color", "never"],
      cwd: folder,
      env,
    }),
    changes: changedResources,
  };
}

/** What the summary at the end says, such as `~ 2 to update`. */
export function changedResources(output: string): number {
  const summary = output.slice(output.lastIndexOf("\nResources:"));
  return [...summary.matchAll(/^ +[+~-]+ *(\d+) /gm)].reduce((sum, match) => sum + Number(match[1]), 0);
}

const manifest = `
name: bench
main: index.ts
runtime:
  name: nodejs
  options:
    typescript: false
    nodeargs: --disable-warning=ExperimentalWarning --import ${join(root, "preload/index.ts")}
plugins: { providers: [{ name: quayside, path: ${JSON.stringify(join(root, "provider"))} }] }
`.trimStart();

function program(kind: "each" | "set", host: TestHost): string {
  const declareFiles =
    kind === "each"
      ? "for (const [path, content] of Object.entries(files)) new File(path, { host, path, content });"
      : "new Files('files', { host, files: Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { content }])) });";
  return `
import { File, Files, SystemdUnit } from ${JSON.stringify(join(root, "provider/index.ts"))};
void File, Files;
const host = ${JSON.stringify(host.connection)};
const files = ${JSON.stringify(files, null, 2)};
${declareFiles}
for (const unit of ${JSON.stringify(units)}) new SystemdUnit(unit, { host, unit });
`.trimStart();
}
