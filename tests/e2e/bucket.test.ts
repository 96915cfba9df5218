import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type S3Server, startS3, stopS3 } from "../../lab/s3/versitygw.ts";
import { awsCli, s3Tools, startMoto } from "./bucket/tools.ts";
import { Project } from "./harness/project.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-bucket-"));
let server: S3Server;
let tools: { aws: string; moto: string };
let aws: ReturnType<typeof awsCli>;
let project: Project;

beforeAll(async () => {
  [server, tools] = await Promise.all([startS3(folder), s3Tools()]);
  aws = awsCli(tools.aws, server);
});

afterAll(async () => {
  await stopS3(folder);
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  project = await Project.create();
});

afterEach(() => project.remove());

/** A program with one bucket of that name. */
function declare(bucket: string, args: object, store = server): Promise<Project> {
  const { endpoint, region, accessKeyId, secretAccessKey } = store;
  const all = { bucket, endpoint, region, accessKeyId, secretAccessKey, ...args };
  return project.program(`new quayside.Bucket("bucket", ${JSON.stringify(all)});`);
}

/** Versioned objects of a bucket, the current ones and the older ones. */
async function versions(bucket: string): Promise<number> {
  return (await aws("s3api", "list-object-versions", "--bucket", bucket)).Versions?.length ?? 0;
}

const SITE = { allowedOrigins: ["https://app.example.org"], allowedMethods: ["GET", "PUT"], maxAgeSeconds: 600 };
const reader = (bucket: string, who: string) => ({
  Statement: { Effect: "Allow", Principal: { AWS: who }, Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` },
});

describe("against versitygw, with the AWS CLI beside it", () => {
  it("creates, changes, sees and repairs drift, refuses to delete what is full", async () => {
    const bucket = "e2e-life";
    const of = ["--bucket", bucket];
    const args = {
      versioning: true,
      tags: { stack: "e2e" },
      cors: [SITE],
      policy: reader(bucket, server.accessKeyId),
      lifecycle: { old: { expireDays: 30 } },
    };
    await declare(bucket, args);
    const created = await project.up();
    expect(created.steps.map(({ op }) => op)).toEqual(["create"]);
    const warnings = created.diagnostics.filter(({ severity }) => severity === "warning");
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("cannot block public access as a whole"),
      expect.stringContaining(`does not implement lifecycle rules: bucket ${bucket} goes without`),
    ]);
    expect(await aws("s3api", "get-bucket-versioning", ...of)).toEqual({ Status: "Enabled" });
    expect(await aws("s3api", "get-bucket-tagging", ...of)).toEqual({ TagSet: [{ Key: "stack", Value: "e2e" }] });
    expect((await aws("s3api", "get-bucket-cors", ...of)).CORSRules).toEqual([
      {
        AllowedOrigins: SITE.allowedOrigins,
        AllowedMethods: SITE.allowedMethods,
        MaxAgeSeconds: SITE.maxAgeSeconds,
      },
    ]);
    const policy = JSON.parse((await aws("s3api", "get-bucket-policy", ...of)).Policy);
    expect(policy.Statement).toMatchObject([{ Effect: "Allow", Action: ["s3:GetObject"] }]);
    const state = await project.state();
    expect(state).toContain(bucket);
    expect(state).not.toContain(server.secretAccessKey);
    expect(state).not.toMatch(/"(accessKeyId|secretAccessKey)":"/);

    // What the endpoint does not implement is no difference, neither to a preview nor to a refresh.
    expect((await project.preview({ refresh: true })).steps).toEqual([]);

    await declare(bucket, {
      ...args,
      cors: [{ ...SITE, maxAgeSeconds: 60 }],
      tags: { stack: "e2e", team: "ops" },
    });
    const wanted = await project.preview();
    expect(wanted.steps.map(({ op, diff }) => ({ op, diff }))).toEqual([
      { op: "update", diff: { "cors[0].maxAgeSeconds": "update", "tags.team": "add" } },
    ]);
    await project.up();
    expect((await aws("s3api", "get-bucket-cors", ...of)).CORSRules[0].MaxAgeSeconds).toBe(60);
    expect((await aws("s3api", "get-bucket-tagging", ...of)).TagSet).toHaveLength(2);

    await aws("s3api", "put-bucket-versioning", ...of, "--versioning-configuration", "Status=Suspended");
    await aws("s3api", "delete-bucket-cors", ...of);
    const open = { Version: "2012-10-17", Statement: [{ ...reader(bucket, "*").Statement }] };
    await aws("s3api", "put-bucket-policy", ...of, "--policy", JSON.stringify(open));
    const drift = await project.preview({ refresh: true });
    expect(drift.steps.map(({ op, diff }) => ({ op, diff }))).toEqual([
      {
        op: "update",
        diff: {
          versioning: "update",
          publicAccess: "update",
          "cors[0]": "add",
          "policy.Statement[0].Principal.AWS[0]": "update",
        },
      },
    ]);
    await project.up({ refresh: true });
    expect(await aws("s3api", "get-bucket-versioning", ...of)).toEqual({ Status: "Enabled" });
    expect((await aws("s3api", "get-bucket-cors", ...of)).CORSRules).toHaveLength(1);
    expect((await aws("s3api", "get-bucket-policy", ...of)).Policy).not.toContain('"*"');
    expect((await project.preview({ refresh: true })).steps).toEqual([]);

    const file = join(folder, "content");
    for (const text of ["first", "second"]) {
      writeFileSync(file, text);
      await aws("s3api", "put-object", ...of, "--key", "kept/one", "--body", file);
    }
    const refused = await project.destroy({ mayFail: true });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(
      `bucket ${bucket} at ${server.endpoint} holds 1 object and 1 older version and is not deleted`,
    );
    expect(refused.output).not.toContain(server.secretAccessKey);
    expect(await versions(bucket)).toBe(2);

    // How to delete is no difference; said once, it holds.
    await declare(bucket, {
      ...args,
      cors: [{ ...SITE, maxAgeSeconds: 60 }],
      tags: { stack: "e2e", team: "ops" },
      forceDestroy: true,
    });
    expect((await project.up()).steps).toEqual([]);
    await project.destroy();
    await expect(aws("s3api", "head-bucket", ...of)).rejects.toThrow("404");
  });

  it("takes over a bucket that is there, and takes nothing away that no preview has shown", async () => {
    const bucket = "e2e-adopted";
    const of = ["--bucket", bucket];
    await aws("s3api", "create-bucket", ...of);
    await aws("s3api", "put-bucket-versioning", ...of, "--versioning-configuration", "Status=Enabled");
    await aws("s3api", "put-bucket-tagging", ...of, "--tagging", "TagSet=[{Key=by,Value=hand}]");
    await declare(bucket, { versioning: true });
    const adopted = await project.up();
    expect(adopted.steps.map(({ op }) => op)).toEqual(["create"]);
    expect(adopted.output).toContain("was there already and has tags of buckets that the program does not declare");
    expect((await aws("s3api", "get-bucket-tagging", ...of)).TagSet).toEqual([{ Key: "by", Value: "hand" }]);
    const next = await project.preview();
    expect(next.steps.map(({ op, diff }) => ({ op, diff }))).toEqual([{ op: "update", diff: { "tags.by": "delete" } }]);
    await project.up();
    await expect(aws("s3api", "get-bucket-tagging", ...of)).rejects.toThrow("NoSuchTagSet");
    await aws("s3api", "delete-bucket", ...of);
    // Deleted by hand, it is made again.
    expect((await project.up({ refresh: true })).steps.map(({ op }) => op)).toEqual(["create"]);
    await project.destroy();
  });

  it("locks objects, and does not delete locked ones by force either", async () => {
    const bucket = "e2e-locked";
    const of = ["--bucket", bucket];
    const args = { objectLock: true, retention: { mode: "governance", days: 2 }, forceDestroy: true };
    await declare(bucket, args);
    await project.up();
    const { ObjectLockConfiguration: lock } = await aws("s3api", "get-object-lock-configuration", ...of);
    expect(lock).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 2 } },
    });
    await declare(bucket, { ...args, retention: { mode: "governance", days: 1 } });
    expect((await project.up()).steps[0]?.diff).toEqual({ "retention.days": "update" });
    writeFileSync(join(folder, "content"), "locked");
    await aws("s3api", "put-object", ...of, "--key", "ledger", "--body", join(folder, "content"));
    const refused = await project.destroy({ mayFail: true });
    expect(refused.output).toContain("1 of 1 objects cannot be deleted, such as ledger (AccessDenied)");
    const { Versions } = await aws("s3api", "list-object-versions", ...of);
    const locked = ["--key", "ledger", "--version-id", Versions[0].VersionId];
    await aws("s3api", "delete-object", ...of, ...locked, "--bypass-governance-retention");
    await project.destroy();
    await expect(aws("s3api", "head-bucket", ...of)).rejects.toThrow("404");
  });

  it("refuses public access that is not asked for, at preview, with every other fault", async () => {
    await declare("Bad_Name", {
      policy: reader("x", "*"),
      lifecycle: { none: {} },
      retention: { mode: "compliance", days: 1 },
    });
    const { code, output } = await project.preview({ mayFail: true });
    expect(code).not.toBe(0);
    for (const fault of ["lower-case letters", "does nothing: expireDays"]) expect(output).toContain(fault);
    await declare("e2e-open", { policy: reader("e2e-open", "*"), retention: { mode: "compliance", days: 1 } });
    const second = await project.preview({ mayFail: true });
    for (const fault of ["lets everybody in", "needs objectLock: true"]) expect(second.output).toContain(fault);
  });
});

describe("against moto, which has what versitygw has not", () => {
  it("keeps lifecycle rules and the block of public access", async () => {
    const moto = await startMoto(tools.moto);
    try {
      const cli = awsCli(tools.aws, moto);
      const of = ["--bucket", "e2e-rules"];
      const rules = {
        logs: { prefix: "logs/", expireDays: 30, transitions: [{ days: 7, storageClass: "GLACIER" }] },
        versions: { expireVersionsDays: 90, abortUploadsDays: 2 },
      };
      await declare("e2e-rules", { versioning: true, lifecycle: rules }, moto);
      const created = await project.up();
      expect(created.diagnostics.filter(({ severity }) => severity === "warning")).toEqual([]);
      const read = () => cli("s3api", "get-bucket-lifecycle-configuration", ...of);
      expect((await read()).Rules).toMatchObject([
        { ID: "logs", Status: "Enabled", Filter: { Prefix: "logs/" }, Expiration: { Days: 30 } },
        { ID: "versions", NoncurrentVersionExpiration: { NoncurrentDays: 90 } },
      ]);
      const block = async () => (await cli("s3api", "get-public-access-block", ...of)).PublicAccessBlockConfiguration;
      expect(Object.values(await block())).toEqual([true, true, true, true]);
      expect((await project.preview({ refresh: true })).steps).toEqual([]);

      const changed = { ...rules, logs: { ...rules.logs, expireDays: 60 } };
      await declare("e2e-rules", { versioning: true, lifecycle: changed }, moto);
      expect((await project.up()).steps[0]?.diff).toEqual({ "lifecycle.logs.expireDays": "update" });
      await cli("s3api", "delete-public-access-block", ...of);
      const [logs] = (await read()).Rules;
      expect(logs.Expiration).toEqual({ Days: 60 });
      const handmade = { Rules: [{ ...logs, Status: "Disabled" }] };
      await cli(
        "s3api",
        "put-bucket-lifecycle-configuration",
        ...of,
        "--lifecycle-configuration",
        JSON.stringify(handmade),
      );
      expect((await project.preview({ refresh: true })).steps[0]?.diff).toEqual({
        publicAccess: "update",
        "lifecycle.logs.enabled": "update",
        "lifecycle.versions": "add",
      });
      await project.up({ refresh: true });
      expect((await read()).Rules).toHaveLength(2);
      expect(Object.values(await block())).toEqual([true, true, true, true]);
      await project.destroy();
    } finally {
      await moto.stop();
    }
  });
});

describe("keys", () => {
  it("are rotated without a difference; wrong ones are one clear error", async () => {
    const own = mkdtempSync(join(tmpdir(), "quayside-bucket-keys-"));
    try {
      const before = await startS3(own);
      await declare("e2e-keys", { tags: { a: "b" } }, before);
      await project.up();
      await stopS3(own);
      const after = { ...before, accessKeyId: "labrotated", secretAccessKey: "another-secret-of-the-lab" };
      writeFileSync(join(own, "server.json"), JSON.stringify(after));
      await startS3(own);
      const stale = await project.preview({ refresh: true, mayFail: true });
      expect(stale.code).not.toBe(0);
      expect(stale.output).toContain("bucket e2e-keys at");
      expect(stale.output).toContain("the endpoint does not accept the access key");
      expect(stale.output).toContain("run `up` without --refresh once");
      expect(stale.output).not.toContain(before.secretAccessKey);
      await declare("e2e-keys", { tags: { a: "b" } }, after);
      expect((await project.up()).steps).toEqual([]);
      expect((await project.preview({ refresh: true })).steps).toEqual([]);
      await project.destroy();
      expect(readFileSync(join(own, "server.json"), "utf8")).toContain("labrotated");
    } finally {
      await stopS3(own);
      rmSync(own, { recursive: true, force: true });
    }
  });
});
