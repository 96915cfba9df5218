import type { S3 } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Store } from "./client.ts";
import { countContents, describeContents, empty } from "./contents.ts";

/** A bucket with nothing but unfinished uploads, of which the endpoint lists so many at a time. */
function bucketOf(uploads: Set<string>, perPage: number, kept = ""): Store {
  const s3 = {
    listObjectVersions: async () => ({ $metadata: {} }),
    async listMultipartUploads({ KeyMarker = "" }) {
      if (KeyMarker && !uploads.has(KeyMarker)) throw new Error("Invalid marker");
      const left = [...uploads].sort().filter((key) => key > KeyMarker);
      const page = left.slice(0, perPage);
      return {
        ...{ $metadata: {}, Uploads: page.map((Key) => ({ Key, UploadId: `id-${Key}` })) },
        ...(left.length > perPage && { IsTruncated: true, NextKeyMarker: page.at(-1), NextUploadIdMarker: "id" }),
      };
    },
    async abortMultipartUpload({ Key = "", UploadId = "" }) {
      if (UploadId === `id-${Key}` && Key !== kept) uploads.delete(Key);
      return { $metadata: {} };
    },
  } as unknown as S3;
  const call = (_doing: string, request: (s3: S3, bucket: string) => Promise<unknown>) => request(s3, "uploads");
  const ask = (doing: string, _missing: string[], request: Parameters<typeof call>[1]) => call(doing, request);
  return { bucket: "uploads", endpoint: "https://s3.example.org", call, ask } as unknown as Store;
}

const keys = (count: number) => Array.from({ length: count }, (_, index) => `part-${String(index).padStart(5, "0")}`);

test("every unfinished upload is ended, however many pages of them there are", async () => {
  const uploads = new Set(keys(25));
  await empty(bucketOf(uploads, 10), () => {});
  expect(uploads.size).toBe(0);
});

test("one that does not go away is tried once, and told of", async () => {
  const uploads = new Set(keys(25));
  const store = bucketOf(uploads, 10, "part-00003");
  await empty(store, () => {});
  expect(describeContents(await countContents(store))).toBe("1 unfinished upload");
});

test("that there are more than a page is said", async () => {
  expect(describeContents(await countContents(bucketOf(new Set(keys(11)), 10)))).toBe(
    "more than 10 unfinished uploads",
  );
  expect(describeContents(await countContents(bucketOf(new Set(keys(10)), 10)))).toBe("10 unfinished uploads");
});
