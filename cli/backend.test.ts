import { expect, it } from "vitest";
import { parse } from "yaml";
import { backendUrl, folderOf, settingsWithSalt } from "./backend.ts";

it("keeps the salt of an earlier copy, as the state is encrypted with it", () => {
  const merged = settingsWithSalt("config:\n  quayside:size: 3\n", "encryptionsalt: v1:abc\nconfig:\n  old: 1\n");
  expect(parse(merged)).toEqual({ config: { "quayside:size": 3 }, encryptionsalt: "v1:abc" });
});

it("prefers the repository's own salt", () => {
  expect(parse(settingsWithSalt("encryptionsalt: v1:own\n", "encryptionsalt: v1:abc\n"))).toEqual({
    encryptionsalt: "v1:own",
  });
});

it("takes empty settings", () => {
  expect(parse(settingsWithSalt("", ""))).toEqual({});
});

it("leaves the repository's salt out where another passphrase is used", () => {
  expect(parse(settingsWithSalt("encryptionsalt: v1:own\n", "", false))).toEqual({});
});

it("names a folder in a URL, and reads it from there", () => {
  expect(backendUrl("/srv/a b")).toBe("file:///srv/a%20b?metadata=skip");
  expect(folderOf(backendUrl("/srv/a b"))).toBe("/srv/a b");
  expect(folderOf("file:///srv/state")).toBe("/srv/state");
  expect(folderOf("s3://state?region=fsn1")).toBeUndefined();
});
