import type { S3 } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Store } from "./client.ts";
import { countContents, describeContents, empty } from "./contents.ts";

/** A bucket with nothing but unfinished uploads, of which the endpoint lists so many at a time, by key. */
function bucketOf(uploads: Set<string>, perPage: number): Store {
  const none = async () => ({ $metadata: {} });
  const s3 = {
    listObjectVersions: none,
    async listMultipartUploads({ KeyMarker = "" }) {
      const left = [...uploads].sort().filter((key) => key > KeyMarker);
      const page = left.slice(0, perPage);
      return {
        ...{ $metadata: {}, Uploads: page.map((Key) => ({ Key, UploadId: `id-${Key}` })) },
        ...(left.length > perPage && { IsTruncated: true, NextKeyMarker: page.at(-1), NextUploadIdMarker: "id" }),
      };
    },
    async abortMultipartUpload({ Key = "", UploadId = "" }) {
      if (UploadId === `id-${Key}`) uploads.delete(Key);
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
  const store = bucketOf(uploads, 10);
  expect((await countContents(store)).uploads).toBe(25);
  await empty(store, () => {});
  expect(uploads.size).toBe(0);
  expect((await countContents(store)).uploads).toBe(0);
});

test("of very many, that they are more is enough", async () => {
  const contents = await countContents(bucketOf(new Set(keys(60)), 5));
  expect(describeContents(contents)).toBe("more than 50 unfinished uploads");
  const exactly = await countContents(bucketOf(new Set(keys(50)), 5));
  expect(describeContents(exactly)).toBe("50 unfinished uploads");
});
