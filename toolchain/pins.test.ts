import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readPins } from "./pins.ts";

it("pins the versions of the npm packages of the same names", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const pins = readPins();
  expect(pins.PULUMI_VERSION).toBe(manifest.devDependencies.pulumi);
  expect(pins.PULUMI_VERSION).toBe(manifest.devDependencies["@pulumi/pulumi"]);
  expect(pins.HCLOUD_VERSION).toBe(manifest.dependencies["@pulumi/hcloud"]);
  expect(pins.COMMAND_VERSION).toBe(manifest.dependencies["@pulumi/command"]);
  expect(pins.CLOUDFLARE_VERSION).toBe(manifest.dependencies["@pulumi/cloudflare"]);
  expect(pins.GITHUB_VERSION).toBe(manifest.dependencies["@pulumi/github"]);
});

it.each([
  ["engine/hcloud", "HCLOUD_VERSION"],
  ["github/github", "GITHUB_VERSION"],
] as const)("builds the plugin in %s as the version that the npm package asks for", (folder, pin) => {
  const source = readFileSync(new URL(`./${folder}/provider.go`, import.meta.url), "utf8");
  expect(source).toContain(`const Version = "${readPins()[pin]}"`);
});
