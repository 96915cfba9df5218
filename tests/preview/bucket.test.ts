import { describe, expect, it } from "vitest";
import { amazonS3, Bucket, hetznerObjectStorage, ovhObjectStorage, r2 } from "../../components/index.ts";
import { faultsOf, recordResources, resourcesOf } from "./mocks.ts";

recordResources();
const keys = { accessKeyId: "key", secretAccessKey: "the-secret" };
const store = hetznerObjectStorage("fsn1", keys);

describe("Bucket", () => {
  it("is private and named like the component; its keys are secret", async () => {
    const { "backups-bucket": bucket } = await resourcesOf(() => new Bucket("backups", { store, versioning: true }));
    expect(bucket?.type).toBe("quayside:s3:Bucket");
    expect(bucket?.inputs).toMatchObject({
      ...{ bucket: "backups", endpoint: "https://fsn1.your-objectstorage.com", region: "fsn1" },
      ...{ versioning: true, forceDestroy: false },
    });
    expect(bucket?.inputs.publicAccess).toBeUndefined();
  });

  it("lets everybody read what they know the name of, when asked", async () => {
    const { "site-bucket": bucket } = await resourcesOf(
      () => new Bucket("site", { store, bucket: "example-site", read: "public", ephemeral: true }),
    );
    expect(bucket?.inputs).toMatchObject({
      ...{ publicAccess: true, forceDestroy: true },
      policy: { Statement: [{ Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::example-site/*" }] },
    });
  });

  it("names every fault", () => {
    const bad = { store: { ...store, endpoint: "fsn1" }, bucket: "No", read: "public" as const, policy: "{}" };
    expect(faultsOf(() => new Bucket("site", bad))).toEqual([
      expect.stringContaining('bucket is "No"'),
      expect.stringContaining('store.endpoint is "fsn1"'),
      expect.stringContaining("policy cannot stand beside"),
    ]);
  });

  it("knows where the stores are", () => {
    expect(r2("0a1b", keys).endpoint).toBe("https://0a1b.r2.cloudflarestorage.com");
    expect(r2("0a1b", keys, "eu").endpoint).toBe("https://0a1b.eu.r2.cloudflarestorage.com");
    expect(ovhObjectStorage("GRA", keys)).toMatchObject({ endpoint: "https://s3.gra.io.cloud.ovh.net", region: "gra" });
    expect(amazonS3("eu-central-1", keys).endpoint).toBe("https://s3.eu-central-1.amazonaws.com");
  });
});
