import { expect, test } from "vitest";
import { check } from "../engine/check.ts";
import type { Properties } from "../engine/values.ts";
import { bucketSchema } from "./inputs.ts";

const good = { bucket: "backups", endpoint: "https://s3.example.org", accessKeyId: "key", secretAccessKey: "secret" };

function faults(args: object): string[] {
  const properties = { ...good, ...args } as unknown as Properties;
  return check(bucketSchema, { properties, secrets: [["secretAccessKey"]], unknowns: [] }).faults.map(
    ({ path, reason }) => `${path}: ${reason}`,
  );
}

test("defaults: private, without versions; a lock brings versions along", () => {
  expect(bucketSchema.parse(good)).toMatchObject({ publicAccess: false, versioning: false, forceDestroy: false });
  expect(bucketSchema.parse({ ...good, objectLock: true }).versioning).toBe(true);
  expect(bucketSchema.parse({ ...good, endpoint: "https://s3.example.org/" }).endpoint).toBe(good.endpoint);
});

test.each([
  [{ bucket: "Bad_Name" }, /^bucket: .*lower-case letters.*"Bad_Name"/],
  [{ bucket: "192.0.2.1" }, /^bucket: /],
  [{ endpoint: "s3.example.org" }, /^endpoint: an S3 endpoint is needed/],
  [{ endpoint: "https://s3.example.org/backups" }, /^endpoint: .*without a bucket/],
  [{ endpoint: "http://s3.example.org" }, /^endpoint: plain http/],
  [{ endpoint: "http://198.51.100.7:9000" }, /^endpoint: plain http/],
  [{ lifecycle: { none: {} } }, /^lifecycle\.none: does nothing/],
  [{ lifecycle: { old: { expireDays: 0 } } }, /^lifecycle\.old\.expireDays: whole days/],
  [{ lifecycle: { old: { keepVersions: 2, expireDays: 1 } } }, /^lifecycle\.old\.keepVersions: /],
  [{ cors: [{ allowedOrigins: ["*"], allowedMethods: ["PATCH"] }] }, /^cors\[0\]\.allowedMethods\[0\]: GET, HEAD/],
  [{ policy: "{" }, /^policy: is no JSON object/],
  [
    { policy: { Statement: { Effect: "Allow", Principal: "*" } } },
    /^policy\.Statement\[0\]\.Principal: lets everybody in/,
  ],
  [{ retention: { mode: "governance", days: 1 } }, /^retention: needs objectLock/],
  [{ retention: { mode: "soft", days: 1 }, objectLock: true }, /^retention\.mode: governance or compliance/],
  [{ retention: { mode: "governance" }, objectLock: true }, /^retention: mode and days are needed/],
  [{ objectLock: true, versioning: false }, /^versioning: /],
])("refused: %o", (args, said) => {
  expect(faults(args)).toEqual([expect.stringMatching(said)]);
});

test("allowed: near endpoints without TLS, and what is public on purpose", () => {
  for (const endpoint of [
    "http://127.0.0.1:9000",
    "http://100.64.0.3:9000",
    "http://minio:9000",
    "http://[::1]:9000",
  ]) {
    expect(faults({ endpoint })).toEqual([]);
  }
  expect(faults({ publicAccess: true, policy: { Statement: { Effect: "Allow", Principal: "*" } } })).toEqual([]);
});

test("a key that cannot be one is not shown", () => {
  expect(faults({ secretAccessKey: "top secret\n" }).join()).not.toContain("top");
});
