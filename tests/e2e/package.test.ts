/** What `npm pack` gives, used by a project that has nothing else: installed, type-checked, previewed by the engine. */
import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPins } from "../../toolchain/pins.ts";
import { cacheRoot } from "../../toolchain/places.ts";

const repository = resolve(import.meta.dirname, "../..");
/** Where set-up puts npm on a machine that has none. */
const fetchedNpm = join(cacheRoot(), "npm", readPins().NPM_VERSION, "bin/npm-cli.js");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "quayside-package-"));
  await cp(join(repository, "examples/minimal"), folder, { recursive: true });
  await run("npm", ["pack", "--silent", "--pack-destination", folder], repository);
  await run("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]);
  await mkdir(join(folder, "state"));
  await run("pulumi", ["stack", "init", "dev"]);
  await run("pulumi", ["config", "set", "--secret", "postgresPassword", "first-and-long-enough"]);
  await run("pulumi", ["config", "set", "--secret", "appPassword", "second-and-long-enough"]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the package holds the library and the provider, compiled, and nothing else", async () => {
  const files = globSync("**/*", { cwd: join(folder, "node_modules/quayside") });
  const tops = new Set(files.filter((file) => file.startsWith("dist/")).map((file) => file.split("/")[1]));
  expect([...tops].sort()).toEqual(["components", "package.json", "preload", "provider", "secrets"]);
  expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
  expect(files.filter((file) => /\.test\.|testdata|\.sops\.|\.age\.key/.test(file))).toEqual([]);
});

test("there is one Pulumi SDK, the project's own", async () => {
  const found = globSync("node_modules/**/@pulumi/pulumi/package.json", { cwd: folder });
  expect(found).toEqual(["node_modules/@pulumi/pulumi/package.json"]);
});

test("the example is correctly typed, and a wrong one is found out", async () => {
  await run("tsc", ["--project", "."]);
  await writeFile(
    join(folder, "wrong.ts"),
    'import { ExistingServer } from "quayside";\nnew ExistingServer("server", { address: 7 });\n',
  );
  const { code, output } = await run("tsc", ["--project", "."], folder, { mayFail: true });
  await rm(join(folder, "wrong.ts"));
  expect(output).toMatch(/^wrong\.ts\(2,\d+\): error TS2322: Type 'number' is not assignable to type 'string'/);
  expect(code).not.toBe(0);
});

test("the example's preview lists everything that its few lines declare", async () => {
  const { output } = await run("pulumi", ["preview", "--json"]);
  const { steps } = JSON.parse(output) as { steps: { op: string; urn: string }[] };
  expect(new Set(steps.map((step) => step.op))).toEqual(new Set(["create"]));
  const resources = steps.map((step) => step.urn.split("::").slice(2).join(" ").replace(/^.*\$/, "")).sort();
  expect(resources).toMatchInlineSnapshot(`
    [
      "pulumi:pulumi:Stack minimal-dev",
      "quayside:docker:DockerEngine docker",
      "quayside:docker:DockerNetworks networks",
      "quayside:hardening:Hardening hardening",
      "quayside:host:ComposeProject app-compose",
      "quayside:host:ComposeProject edge-compose",
      "quayside:host:ComposeProject postgres-compose",
      "quayside:host:DockerNetwork networks-backend",
      "quayside:host:DockerNetwork networks-frontend",
      "quayside:host:File docker-config",
      "quayside:host:Files edge-jail",
      "quayside:host:Files hardening-settings",
      "quayside:host:Firewall hardening-firewall",
      "quayside:host:Packages docker-packages",
      "quayside:host:Packages hardening-packages",
      "quayside:host:Script postgres-database-app",
      "quayside:host:Script postgres-superuser",
      "quayside:host:SshDaemon hardening-sshd",
      "quayside:host:SystemdUnit docker-service",
      "quayside:host:SystemdUnit hardening-auditd",
      "quayside:host:SystemdUnit hardening-fail2ban",
      "quayside:proxy:Caddy edge",
      "quayside:route:Probe edge-probe",
      "quayside:server:ExistingServer server",
      "quayside:services:Postgres postgres",
      "quayside:services:Service app",
    ]
  `);
});

test("the package's own provider checks what is declared", async () => {
  await writeFile(
    join(folder, "index.ts"),
    `import { File } from "quayside/provider";
     import { secret } from "quayside/secrets";
     void secret;
     new File("motd", { host: { name: "h", address: "203.0.113.10" }, path: "motd", content: "", mode: "rwx" });`,
  );
  const { code, output } = await run("pulumi", ["preview"], folder, { mayFail: true });
  expect(code).not.toBe(0);
  expect(output).toMatch(/path.*absolute/);
  expect(output).toMatch(/mode.*rwx/);
});

interface Ended {
  code: number;
  output: string;
}

function run(program: string, args: string[], cwd = folder, options: { mayFail?: boolean } = {}): Promise<Ended> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    // Node and the engine of the repository; a project of one's own brings Node >= 24 and installs Pulumi.
    PATH: `${join(repository, "node_modules/.bin")}:${process.env.PATH}`,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "package",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
  const all = [...args, ...(program === "pulumi" ? ["--non-interactive", "--color", "never"] : [])];
  if (program === "npm" && existsSync(fetchedNpm)) {
    all.unshift(fetchedNpm);
    program = process.execPath;
  }
  return new Promise((done, reject) => {
    execFile(program, all, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 255) : 0;
      // What --json prints is not to be mixed with warnings.
      const output = args.includes("--json") ? stdout : stdout + stderr;
      if (code !== 0 && !options.mayFail) reject(new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`));
      else done({ code, output });
    });
  });
}
