import { expect, test } from "vitest";
import { describeContents } from "./contents.ts";
import { explain, isNotImplemented } from "./errors.ts";

const said = (error: object) =>
  explain(Object.assign(new Error("why"), error), "make it", "backups", "https://s3.example.org").message;

test.each([
  [
    { name: "SignatureDoesNotMatch", $metadata: { httpStatusCode: 403 } },
    /does not accept the access key .*403.*rotated/,
  ],
  [{ name: "BucketAlreadyExists", $metadata: { httpStatusCode: 409 } }, /belongs to somebody else.*another one/],
  [
    { name: "PermanentRedirect", Region: "hel1", $metadata: { httpStatusCode: 301 } },
    /refuses the region.*expects hel1/,
  ],
  [{ name: "SlowDown", $metadata: { httpStatusCode: 503, attempts: 6 } }, /too many requests.*asked 6 times/],
  [{ name: "InternalError", $metadata: { httpStatusCode: 500, attempts: 6 } }, /itself fails.*why\. Run again later/],
  [{ name: "Error", code: "ECONNREFUSED" }, /does not answer \(ECONNREFUSED: why\)/],
  [{ name: "TimeoutError" }, /does not answer \(TimeoutError: why\)/],
  [
    { name: "TimeoutError", message: "late.\n Deserialization error: look", $metadata: { httpStatusCode: 200 } },
    /does not answer \(TimeoutError: late\.\)/,
  ],
  [{ name: "MalformedXML", $metadata: { httpStatusCode: 400 } }, /the endpoint says MalformedXML, 400: why\.$/],
])("%o is explained, with bucket, endpoint and remedy", (error, text) => {
  expect(said(error)).toMatch(/^bucket backups at https:\/\/s3\.example\.org: cannot make it: /);
  expect(said(error)).toMatch(text);
});

test("an endpoint without a function is told from one that fails", () => {
  expect(isNotImplemented({ name: "NotImplemented" })).toBe(true);
  expect(isNotImplemented({ name: "Whatever", $metadata: { httpStatusCode: 501 } })).toBe(true);
  expect(isNotImplemented({ name: "InternalError", $metadata: { httpStatusCode: 500 } })).toBe(false);
});

test("says what a bucket holds", () => {
  const nothing = { objects: 0, versions: 0, deleteMarkers: 0, uploads: 0, more: false };
  expect(describeContents({ ...nothing, objects: 1 })).toBe("1 object");
  expect(describeContents({ ...nothing, objects: 2, versions: 1, uploads: 3 })).toBe(
    "2 objects, 1 older version and 3 unfinished uploads",
  );
  expect(describeContents({ ...nothing, objects: 10_000, more: true })).toBe("more than 10000 objects");
});
