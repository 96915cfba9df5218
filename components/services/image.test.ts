import { describe, expect, test } from "vitest";
import { parseImage } from "./image.ts";
import { IMAGES } from "./images.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("parseImage", () => {
  test.each([
    ["postgres:18.4", { name: "postgres", tag: "18.4", digest: undefined }],
    ["quayside/hello:1.0.0", { name: "quayside/hello", tag: "1.0.0", digest: undefined }],
    [`ghcr.io/acme/app:v2@${DIGEST}`, { name: "ghcr.io/acme/app", tag: "v2", digest: DIGEST }],
    ["registry.example.org:5000/a/b:1", { name: "registry.example.org:5000/a/b", tag: "1", digest: undefined }],
  ])("%s", (text, image) => {
    expect(parseImage(text)).toEqual(image);
  });

  test.each([
    ["postgres", "names no version"],
    ["registry.example.org:5000/app", "names no version"],
    [`postgres@${DIGEST}`, "names no version"],
    ["postgres:latest", "another version every day"],
    ["ghcr.io/acme/app:latest", "another version every day"],
    ["postgres:18@sha256:abc", "a digest is sha256: and 64 hexadecimal digits"],
    ["Postgres:18", "not an image"],
    ["", "not an image"],
  ])("%j is refused: %s", (text, reason) => {
    expect(parseImage(text)).toEqual({ path: "image", reason: expect.stringContaining(reason) });
  });

  test("the images of the components follow the rule", () => {
    for (const image of Object.values(IMAGES)) expect(parseImage(image)).not.toHaveProperty("reason");
  });
});
