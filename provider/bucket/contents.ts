import { HostError } from "../transport/errors.ts";
import type { Store } from "./client.ts";

/** Pages of a thousand that are counted before it is "more than". */
const COUNTED_PAGES = 10;

/** What stands in the way of a bucket's deletion. */
export interface Contents {
  objects: number;
  /** Versions that are not the newest. */
  versions: number;
  deleteMarkers: number;
  /** Uploads in parts that were never finished. */
  uploads: number;
  /** Whether there is more than was counted. */
  more: boolean;
}

interface Item {
  Key: string;
  VersionId?: string;
}

interface Page {
  items: Item[];
  contents: Pick<Contents, "objects" | "versions" | "deleteMarkers">;
  next?: { key: string | undefined; version: string | undefined };
}

export async function countContents(store: Store): Promise<Contents> {
  const { uploads, more } = await listUploads(store);
  const total: Contents = { objects: 0, versions: 0, deleteMarkers: 0, uploads: uploads.length, more };
  let next: Page["next"];
  for (let page = 0; page < COUNTED_PAGES; page += 1) {
    const found = await listPage(store, next);
    total.objects += found.contents.objects;
    total.versions += found.contents.versions;
    total.deleteMarkers += found.contents.deleteMarkers;
    next = found.next;
    if (!next) return total;
  }
  return { ...total, more: true };
}

/** @example describeContents({ objects: 2, versions: 1, … }) // "2 objects and 1 older version" */
export function describeContents(contents: Contents): string {
  const parts = [
    [contents.objects, "object"],
    [contents.versions, "older version"],
    [contents.deleteMarkers, "delete marker"],
    [contents.uploads, "unfinished upload"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}${count === 1 ? "" : "s"}`);
  const list = said.length > 1 ? `${said.slice(0, -1).join(", ")} and ${said.at(-1)}` : (said[0] ?? "");
  return contents.more ? `more than ${list}` : list;
}

export function isEmpty({ objects, versions, deleteMarkers, uploads }: Contents): boolean {
  return objects + versions + deleteMarkers + uploads === 0;
}

/** Deletes every object, version, marker and unfinished upload. Run again after a kill, it goes on. */
export async function empty(store: Store, progress: (deleted: number) => void): Promise<void> {
  let deleted = 0;
  for (let page = await listPage(store); page.items.length > 0; page = await listPage(store)) {
    const { Errors = [] } = await store.call("empty it", (s3, Bucket) =>
      s3.deleteObjects({ Bucket, Delete: { Objects: page.items, Quiet: true } }),
    );
    const first = Errors[0];
    if (first) {
      throw new HostError(
        `bucket ${store.bucket} at ${store.endpoint}: ${Errors.length} of ${page.items.length} objects cannot be deleted, such as ` +
          `${first.Key} (${first.Code}). Objects under a lock stay until it ends; the rest needs a key that may delete.`,
      );
    }
    deleted += page.items.length;
    progress(deleted);
  }
  await endUploads(store);
}

/** A page of everything there is; without versions where the endpoint has none. */
async function listPage(store: Store, from?: Page["next"]): Promise<Page> {
  const doing = "look what it holds";
  const answer = await store.ask(doing, [], (s3, Bucket) =>
    s3.listObjectVersions({ Bucket, KeyMarker: from?.key, VersionIdMarker: from?.version }),
  );
  if (answer && answer !== "missing") {
    const { Versions = [], DeleteMarkers = [], IsTruncated, NextKeyMarker, NextVersionIdMarker } = answer;
    const newest = Versions.filter(({ IsLatest }) => IsLatest !== false).length;
    return {
      items: [...Versions, ...DeleteMarkers].map(({ Key = "", VersionId }) => ({
        Key,
        ...(VersionId && { VersionId }),
      })),
      contents: { objects: newest, versions: Versions.length - newest, deleteMarkers: DeleteMarkers.length },
      ...(IsTruncated && { next: { key: NextKeyMarker, version: NextVersionIdMarker } }),
    };
  }
  const { Contents = [], IsTruncated } = await store.call(doing, (s3, Bucket) =>
    s3.listObjectsV2({ Bucket, StartAfter: from?.key }),
  );
  return {
    items: Contents.map(({ Key = "" }) => ({ Key })),
    contents: { objects: Contents.length, versions: 0, deleteMarkers: 0 },
    ...(IsTruncated && { next: { key: Contents.at(-1)?.Key, version: undefined } }),
  };
}

interface Upload {
  Key?: string;
  UploadId?: string;
}

/** A page of the uploads that were never finished; none where the endpoint has no such thing. */
async function listUploads(store: Store): Promise<{ uploads: Upload[]; more: boolean }> {
  const answer = await store.ask("look for unfinished uploads", [], (s3, Bucket) =>
    s3.listMultipartUploads({ Bucket }),
  );
  if (!answer || answer === "missing") return { uploads: [], more: false };
  return { uploads: answer.Uploads ?? [], more: answer.IsTruncated === true };
}

/**
 * Page after page from the beginning: some endpoints do not go on behind an upload that is not there any more. Ends where
 * a page has nothing new, as what does not go away is told of afterwards.
 */
async function endUploads(store: Store): Promise<void> {
  const ended = new Set<string>();
  for (;;) {
    const { uploads } = await listUploads(store);
    const left = uploads.filter(({ Key, UploadId }) => !ended.has(JSON.stringify([Key, UploadId])));
    if (left.length === 0) return;
    for (const { Key, UploadId } of left) {
      await store.call("end an unfinished upload", (s3, Bucket) => s3.abortMultipartUpload({ Bucket, Key, UploadId }));
      ended.add(JSON.stringify([Key, UploadId]));
    }
  }
}
