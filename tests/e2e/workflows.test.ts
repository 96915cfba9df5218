import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { cacheRoot } from "../../toolchain/places.ts";
import { repository } from "./harness/quay.ts";

const workflows = join(repository, ".github/workflows");
const folder = mkdtempSync(join(tmpdir(), "quayside-workflows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let actionlint: string;
beforeAll(() => {
  execFileSync(join(repository, "toolchain/build.sh"), ["actionlint"], { stdio: ["ignore", "ignore", "inherit"] });
  actionlint = join(cacheRoot(), "toolchain/actionlint/actionlint");
});

function lint(...files: string[]): string {
  return spawnSync(actionlint, ["-no-color", ...files], { cwd: repository, encoding: "utf8" }).stdout;
}

const files = readdirSync(workflows).map((name) => join(workflows, name));

test("actionlint has nothing to say of the workflows", () => {
  expect(lint(...files)).toBe("");
});

test("actionlint would say something: of an output that no step has", () => {
  const broken = join(folder, "deploy.yml");
  const text = readFileSync(join(workflows, "deploy.yml"), "utf8");
  writeFileSync(broken, text.replace("steps.plan.outputs.changes", "steps.plam.outputs.changes"));
  expect(lint(broken)).toMatch(/"plam" is not defined/);
});

interface Job {
  permissions?: Record<string, string>;
  environment?: string;
  needs?: string;
  if?: string;
  "runs-on": string;
  steps: { name?: string; if?: string; uses?: string; run?: string; with?: Record<string, unknown> }[];
}

const jobsOf = (name: string): Record<string, Job> => {
  const { permissions, jobs } = parse(readFileSync(join(workflows, name), "utf8"));
  return Object.fromEntries(
    Object.entries(jobs as Record<string, Job>).map(([job, value]) => [job, { permissions, ...value }]),
  );
};

test("a job that runs a pull request's code may write nothing, and keeps no token in its checkout", () => {
  for (const job of Object.values(jobsOf("preview.yml"))) {
    expect(Object.values(job.permissions ?? {})).toEqual(["read"]);
    for (const { uses, with: given } of job.steps) {
      if (uses?.startsWith("actions/checkout")) expect(given?.["persist-credentials"]).toBe(false);
    }
  }
});

test("the job that may comment runs nothing of the pull request's", () => {
  const { comment } = jobsOf("comment.yml");
  expect(comment?.permissions?.["pull-requests"]).toBe("write");
  const checkouts = comment?.steps.filter(({ uses }) => uses?.startsWith("actions/checkout")) ?? [];
  expect(checkouts.map(({ with: given }) => given?.["ref"])).toEqual([undefined]);
});

test("production waits for the plan and for approval, and applies that plan", () => {
  const { production, plan } = jobsOf("deploy.yml");
  expect(production).toMatchObject({ needs: "plan", environment: "production" });
  expect(plan?.needs).toBe("preprod");
  const commands = production?.steps.flatMap(({ run }) => run ?? []).join("\n");
  expect(commands).toContain('plan apply prod prod.plan --sha256 "$SHA256"');
  expect(commands).not.toMatch(/quay up/);
});

test("a preprod is destroyed once its request is closed, whatever is done to that last, and never made again", () => {
  const steps = jobsOf("preprod.yml")["preprod"]?.steps ?? [];
  const [deploy, destroy] = ["Deploy it", "Destroy it"].map((name) => steps.find((step) => step.name === name)?.if);
  expect(deploy).toContain("github.event.pull_request.state == 'open' && ");
  expect(destroy).toContain("github.event.pull_request.state == 'closed' || ");
});

test("branches' code never runs where production is deployed from", () => {
  const runners = files.flatMap((file) =>
    Object.entries(jobsOf(basename(file))).map(([job, { "runs-on": runner }]) => [`${basename(file)} ${job}`, runner]),
  );
  const onProduction = runners.filter(([, runner]) => runner?.includes("PRODUCTION_RUNNER")).map(([job]) => job);
  expect(onProduction).toEqual(["deploy.yml plan", "deploy.yml production"]);
  const { on } = parse(readFileSync(join(workflows, "deploy.yml"), "utf8"));
  expect(on).toEqual({ push: { branches: ["main"] } });
});

test("nothing from outside is written into a script", () => {
  const scripts = files.flatMap((file) =>
    Object.values(parse(readFileSync(file, "utf8")).jobs as Record<string, Job>).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run ?? []),
    ),
  );
  expect(scripts.length).toBeGreaterThan(5);
  expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
});
