import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findCredentials } from "./credentials.ts";
import { HostError } from "./errors.ts";

const folder = mkdtempSync(join(tmpdir(), "quayside-credentials-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the key file that the environment names is taken", () => {
  const file = join(folder, "key");
  writeFileSync(file, "a key");
  expect(findCredentials({}, { QUAYSIDE_SSH_KEY_FILE: file })).toEqual({ privateKey: "a key" });
  expect(findCredentials({ privateKey: "other" }, { QUAYSIDE_SSH_KEY_FILE: file })).toEqual({ privateKey: "other" });
});

test.each([
  ["missing", "there is no such file"],
  [".", "it is a folder"],
])("a key file that cannot be read (%s) is one error with a remedy", (name, why) => {
  const file = join(folder, name);
  const find = () => findCredentials({}, { QUAYSIDE_SSH_KEY_FILE: file });
  expect(find).toThrow(HostError);
  expect(find).toThrow(`QUAYSIDE_SSH_KEY_FILE: cannot read the SSH key ${file}: ${why}. Put the deploy key there`);
});
