import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { backendUrl } from "../../../cli/backend.ts";
import { engineEnvironment } from "../../../cli/stack-environment.ts";
import type { HostConnection } from "../../../provider/index.ts";
import { type EngineEvent, type Run, readRun } from "./run.ts";

const repository = resolve(import.meta.dirname, "../../..");

export interface ProjectOptions {
  /** Given to the program as the constant `host`. */
  host?: HostConnection;
  /** Private key for the provider; without one it finds its own way, as for anybody. */
  keyFile?: string;
  /** The Pulumi project's name. @default "e2e" */
  name?: string;
  /** The stack's name. @default "test" */
  stack?: string;
  /** More environment for every run; `undefined` takes a variable out. */
  env?: Record<string, string | undefined>;
}

export interface RunOptions {
  /** Compare with the hosts first. */
  refresh?: boolean;
  /** More arguments for the engine. */
  args?: string[];
  /** Accept a run that fails; otherwise its output is thrown. */
  mayFail?: boolean;
  env?: Record<string, string | undefined>;
  /** Run from this folder below the project's, as a person might. */
  from?: string;
  /** Called with the engine's process as soon as it runs. */
  onStart?: (process: { pid: number }) => void;
}

/**
 * A Pulumi project of its own in a temporary folder, with its own state, run by the real engine and the real provider.
 * The program sees `quayside` (the provider's resources), `pulumi` and `host`.
 */
export class Project {
  readonly folder: string;
  readonly #options: ProjectOptions;

  private constructor(folder: string, options: ProjectOptions) {
    this.folder = folder;
    this.#options = options;
  }

  static async create(options: ProjectOptions = {}): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), "quayside-e2e-"));
    const project = new Project(folder, options);
    await mkdir(join(folder, "state"));
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
    await project.file("package.json", '{ "type": "module" }\n');
    await project.file(
      "Pulumi.yaml",
      [
        `name: ${options.name ?? "e2e"}`,
        "main: index.ts",
        // As the repository's own Pulumi.yaml.
        "runtime:",
        "  name: nodejs",
        "  options:",
        "    typescript: false",
        `    nodeargs: --disable-warning=ExperimentalWarning --import ${join(repository, "preload/index.ts")}`,
        `plugins: { providers: [{ name: quayside, path: ${JSON.stringify(join(repository, "provider"))} }] }`,
        "",
      ].join("\n"),
    );
    await project.program("");
    await project.#engine(["stack", "init", project.#stack], {});
    return project;
  }

  /** Writes another file beside the program. */
  async file(path: string, content: string | Uint8Array): Promise<void> {
    await writeFile(join(this.folder, path), content);
  }

  /** Replaces the program: statements that declare resources. */
  async program(body: string): Promise<this> {
    const imports = [
      'import * as pulumi from "@pulumi/pulumi";',
      `import * as quayside from ${JSON.stringify(join(repository, "provider/index.ts"))};`,
      `export const host = ${JSON.stringify(this.#options.host ?? null)};`,
    ];
    await this.file("index.ts", `${imports.join("\n")}\nvoid pulumi, quayside;\n${body}\n`);
    return this;
  }

  up(options: RunOptions = {}): Promise<Run> {
    return this.#run(["up", "--yes", "--skip-preview"], options);
  }

  preview(options: RunOptions = {}): Promise<Run> {
    return this.#run(["preview"], options);
  }

  refresh(options: RunOptions = {}): Promise<Run> {
    return this.#run(["refresh", "--yes", "--skip-preview"], options);
  }

  destroy(options: RunOptions = {}): Promise<Run> {
    return this.#run(["destroy", "--yes", "--skip-preview"], options);
  }

  /** The stack's state as the backend keeps it, secrets encrypted. */
  state(): Promise<string> {
    return readFile(this.stateFile, "utf8");
  }

  get stateFile(): string {
    return join(this.folder, "state/.pulumi/stacks", this.#options.name ?? "e2e", `${this.#stack}.json`);
  }

  get #stack(): string {
    return this.#options.stack ?? "test";
  }

  /** Runs any other command of the engine for the stack, such as `stack export`. */
  pulumi(command: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.#engine([...command, "--stack", this.#stack], { mayFail: true });
  }

  /** Forgets what a killed engine was doing, as a person would with `pulumi cancel`. */
  async cancel(): Promise<void> {
    await this.#engine(["cancel", "--yes", "--stack", this.#stack], { mayFail: true });
  }

  /** Removes the folder, state included; what is on hosts stays. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #run(command: string[], options: RunOptions): Promise<Run> {
    const log = join(this.folder, "events.json");
    await rm(log, { force: true });
    const args = [...command, "--stack", this.#stack, "--diff", "--event-log", log];
    if (options.refresh) args.push("--refresh");
    if (options.from) await mkdir(join(this.folder, options.from), { recursive: true });
    const started = performance.now();
    const { code, output } = await this.#engine([...args, ...(options.args ?? [])], options);
    const seconds = (performance.now() - started) / 1000;
    const lines = existsSync(log) ? (await readFile(log, "utf8")).split("\n").filter((line) => line.trim()) : [];
    return readRun(
      lines.map((line) => JSON.parse(line) as EngineEvent),
      { code, output, seconds },
    );
  }

  #engine(
    args: string[],
    options: RunOptions,
  ): Promise<{ code: number; output: string; stdout: string; stderr: string }> {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      // As quay runs it: without npm's wrapper, and with what Node compiled the time before.
      ...engineEnvironment(),
      PULUMI_BACKEND_URL: backendUrl(join(this.folder, "state")),
      PULUMI_CONFIG_PASSPHRASE: "e2e",
      PULUMI_DEBUG_COMMANDS: "1", // for --event-log
      QUAYSIDE_SSH_KEY_FILE: this.#options.keyFile,
      QUAYSIDE_KNOWN_HOSTS: join(this.folder, "known_hosts"),
      ...this.#options.env,
      ...options.env,
    };
    return new Promise((resolve, reject) => {
      const child = execFile(
        "pulumi",
        [...args, "--non-interactive", "--color", "never"],
        { cwd: join(this.folder, options.from ?? "."), env, maxBuffer: 256 * 1024 * 1024 },
        (error, stdout, stderr) => {
          const output = stdout + stderr;
          const code = error ? (typeof error.code === "number" ? error.code : 255) : 0;
          if (code !== 0 && !options.mayFail) reject(new Error(`pulumi ${args[0]} failed:\n${output}`));
          else resolve({ code, output, stdout, stderr });
        },
      );
      if (child.pid !== undefined) options.onStart?.({ pid: child.pid });
    });
  }
}
