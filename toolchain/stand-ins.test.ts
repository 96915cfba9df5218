import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readPins } from "./pins.ts";
import { pluginFolder, root } from "./places.ts";
import { installStandIns, isStandIn } from "./stand-ins.ts";

let home: string;
const program = () => join(pluginFolder("command", readPins().COMMAND_VERSION), "pulumi-resource-command");

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "quayside-stand-ins-"));
  vi.stubEnv("PULUMI_HOME", home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

test("those of a checkout that is gone are replaced by this one's", () => {
  installStandIns();
  const own = readFileSync(program(), "utf8");
  expect(own).toContain(`${root}/toolchain/stand-ins/command/pulumi-resource-command`);
  writeFileSync(program(), "#!/bin/sh\nexec '/gone/toolchain/stand-ins/command/pulumi-resource-command' \"$@\"\n");
  installStandIns();
  expect(readFileSync(program(), "utf8")).toBe(own);
});

test("an official plugin stays", () => {
  mkdirSync(join(program(), ".."), { recursive: true });
  writeFileSync(program(), "official");
  installStandIns();
  expect(readFileSync(program(), "utf8")).toBe("official");
  expect(isStandIn("command")).toBe(false);
  expect(isStandIn("cloudflare")).toBe(true);
});
