/** A stack whose state is in a bucket: made by its first change, killed in the middle, and clean after the next run. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type S3Server, startS3, stopS3 } from "../../lab/s3/versitygw.ts";
import { checkOut } from "./harness/checkout.ts";
import { passphraseSecrets } from "./harness/passphrase-secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-remote-"));
/** Where runs have their private folders, so that those of others are not counted. */
const runs = join(folder, "tmp");

let s3: S3Server;
let at: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  mkdirSync(runs);
  s3 = await startS3(join(folder, "s3"));
  const { accessKeyId, secretAccessKey, endpoint, region } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "state" }));
  const { key, text: secrets } = await passphraseSecrets("secrets/tiny.sops.yaml");
  // The engine cannot be told anything while it waits for this program.
  const program = (name: string) => `import { existsSync } from "node:fs";
import { KeyPair } from "../provider/index.ts";
new KeyPair("${name}", { comment: "in a bucket" });
while (existsSync(process.env["TEST_WAIT"] ?? "")) await new Promise((resolve) => setTimeout(resolve, 50));
export const outputs = {};
`;
  at = checkOut(join(folder, "checkout"), {
    "stacks/tiny.ts": () => program("deploy"),
    "secrets/tiny.sops.yaml": () => secrets,
  });
  const bare = Object.entries(process.env).filter(([name]) => !/^(SOPS_|PULUMI_(CONFIG|BACKEND)|AWS_)/.test(name));
  env = {
    ...Object.fromEntries(bare),
    ...{ TMPDIR: runs, SOPS_AGE_KEY: key, QUAYSIDE_CACHE: process.env["QUAYSIDE_CACHE"] },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region },
    PULUMI_BACKEND_URL: `s3://state?endpoint=${new URL(endpoint).host}&disableSSL=true&s3ForcePathStyle=true`,
  };
});
afterAll(async () => {
  await stopS3(join(folder, "s3"));
  rmSync(folder, { recursive: true, force: true });
});

function start(args: string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(join(at, "quay"), args, { cwd: at, env: { ...env, ...more }, stdio: ["ignore", "pipe", "pipe"] });
}

async function quay(...args: string[]): Promise<{ code: number; output: string }> {
  const child = start(args);
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => parts.push(part));
  const [code] = (await once(child, "close")) as [number];
  return { code, output: Buffer.concat(parts).toString() };
}

const scratch = () => readdirSync(runs).filter((name) => name.startsWith("quayside-run-"));
const state = () => {
  const found = readdirSync(join(folder, "s3/data/state/.pulumi/stacks/quayside"));
  const name = found.find((entry) => /^tiny\.json$/.test(entry)) ?? "";
  return readFileSync(join(folder, "s3/data/state/.pulumi/stacks/quayside", name), "utf8");
};

test("a preview of a stack that is not there compares with nothing; the first change makes it", async () => {
  const settings = readdirSync(at).filter((name) => name.startsWith("Pulumi."));
  const previewed = await quay("preview", "tiny", "--non-interactive");
  expect(previewed.code, previewed.output).toBe(0);
  expect(previewed.output).toContain("compared with an empty stack: there is no stack tiny in the backend yet");
  expect(existsSync(join(folder, "s3/data/state/.pulumi/stacks"))).toBe(false);

  const made = await quay("up", "tiny", "--yes", "--non-interactive", "--skip-preview");
  expect(made.code, made.output).toBe(0);
  expect(state()).toContain("KeyPair::deploy");
  // Its key is not in the clear there, and the checkout is as it was.
  expect(state()).not.toContain("PRIVATE KEY");
  expect(readdirSync(at).filter((name) => name.startsWith("Pulumi."))).toEqual(settings);

  const again = await quay("preview", "tiny", "--non-interactive", "--expect-no-changes");
  expect(again.code, again.output).toBe(0);
  expect(scratch()).toEqual([]);
});

test("drift and destroy of a stack that is not there are refused, and a copy goes with what it had deployed", async () => {
  for (const command of ["drift", "destroy"]) {
    const absent = await quay(command, "tiny-pr-12");
    expect([command, absent.code]).toEqual([command, 1]);
    expect(absent.output).toContain("there is no state of tiny-pr-12 in s3://state?");
  }
  const files = () => readdirSync(join(folder, "s3/data/state"), { recursive: true, encoding: "utf8" });
  const copies = () => files().filter((path) => path.includes("tiny-pr-12"));
  expect(copies()).toEqual([]);

  const made = await quay("up", "tiny-pr-12", "--yes", "--non-interactive", "--skip-preview");
  expect(made.code, made.output).toBe(0);
  expect(copies()).not.toEqual([]);
  const gone = await quay("destroy", "tiny-pr-12", "--yes", "--non-interactive", "--skip-preview");
  expect(gone.code, gone.output).toBe(0);
  expect(copies()).toEqual([]);
});

test("keys that a killed run left behind are gone after the next", async () => {
  const wait = join(folder, "wait");
  mkdirSync(wait);
  const child = start(["preview", "tiny", "--non-interactive"], { TEST_WAIT: wait });
  await expect.poll(scratch, { timeout: 60_000 }).toHaveLength(1);
  const [left = ""] = scratch();
  await expect.poll(() => readdirSync(join(runs, left)), { timeout: 60_000 }).toContain("passphrase");
  child.kill("SIGKILL");
  await once(child, "close");
  expect(scratch()).toEqual([left]);
  rmSync(wait, { recursive: true });
  // The engine outlives quay, and its keys stay with it until it is done.
  await expect
    .poll(
      async () => {
        const next = await quay("preview", "tiny", "--non-interactive");
        expect(next.code, next.output).toBe(0);
        return scratch();
      },
      { timeout: 120_000 },
    )
    .toEqual([]);
});
