import { expect, test } from "vitest";
import { DEFAULT_IMAGE, DEFAULT_RELEASE, releaseOf } from "./os-release.ts";

test("an image says which release it is; a snapshot does not", () => {
  expect(releaseOf("debian-13")).toEqual({ distribution: "debian", codename: "trixie" });
  expect(releaseOf(undefined)).toEqual(DEFAULT_RELEASE);
  expect(releaseOf(DEFAULT_IMAGE)).toEqual(DEFAULT_RELEASE);
  expect(releaseOf("123456")).toBeUndefined();
});
