import { expect, test } from "vitest";
import { recipeHash } from "./recipe.ts";
import { caddyVersion, localReference, serviceImages } from "./service-images.ts";
import { bootstrapArguments } from "./slim.ts";

const file = (path: string, content: string, mode = 0o644) => ({ path, content: Buffer.from(content), mode });
const recipe = { reference: "a:1", files: [file("x", "1"), file("y", "2")], buildArgs: { BASE: "b" } };

test("the hash of a recipe is of its content, not of order or umask", () => {
  const same = { ...recipe, files: [file("y", "2", 0o600), file("x", "1", 0o664)] };
  expect(recipeHash(same)).toBe(recipeHash(recipe));
});

test.each([
  ["content", { ...recipe, files: [file("x", "1"), file("y", "3")] }],
  ["a name", { ...recipe, files: [file("x", "1"), file("z", "2")] }],
  ["where one file ends", { ...recipe, files: [file("x", "12"), file("y", "")] }],
  ["an executable bit", { ...recipe, files: [file("x", "1", 0o755), file("y", "2")] }],
  ["the base", { ...recipe, buildArgs: { BASE: "c" } }],
])("the hash changes with %s", (_, changed) => {
  expect(recipeHash(changed)).not.toBe(recipeHash(recipe));
});

test("images built here are not mistaken for the official ones", () => {
  expect(localReference("postgres:18.4")).toBe("quayside-lab/service/postgres:18.4");
});

test("every service image is pinned to a version", async () => {
  const references = (await serviceImages()).map((image) => image.reference);
  expect(references.filter((reference) => !/^[a-z/]+:\d+\.\d+(\.\d+)?$/.test(reference))).toEqual([]);
  expect(new Set(references).size).toBe(references.length);
});

test("caddy's version is the one that go.mod pins", () => {
  const goMod = "require (\n\tgithub.com/caddyserver/caddy/v2 v2.11.9\n\tgithub.com/caddyserver/caddy/v2/x v1.0.0\n)";
  expect(caddyVersion(goMod)).toBe("2.11.9");
  expect(caddyVersion("require github.com/caddyserver/caddy/v2 v2.12.0\n")).toBe("2.12.0");
  expect(() => caddyVersion("module x\n")).toThrow("requires no github.com/caddyserver/caddy/v2");
});

test("the bootstrap is minimal, and takes the eatmydata hook only where it is", () => {
  const args = bootstrapArguments("/tmp/x.tar", { eatmydata: false });
  expect(args.slice(-3)).toEqual(["trixie", "/tmp/x.tar", "http://deb.debian.org/debian"]);
  expect(args.some((arg) => arg.startsWith("--hook-dir"))).toBe(false);
  expect(bootstrapArguments("x", { eatmydata: true }).some((arg) => arg.startsWith("--hook-dir"))).toBe(true);
});
