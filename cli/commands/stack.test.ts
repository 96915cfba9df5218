import { Command } from "commander";
import { expect, it, vi } from "vitest";
import { NoSuchStack } from "../backend.ts";
import { pulumi } from "../pulumi.ts";
import { registerStackCommands } from "./stack.ts";

vi.mock(import("../pulumi.ts"), async (original) => ({ ...(await original()), pulumi: vi.fn() }));
vi.mock(import("../../toolchain/engine.ts"), async (original) => ({
  ...(await original()),
  engineIsThere: () => true,
}));

/** @returns what Pulumi is run with: its command, the stack, options. */
async function run(...args: string[]): Promise<unknown[]> {
  const engine = vi.mocked(pulumi).mockReset().mockResolvedValue({ code: 0, stdout: "", stderr: "" });
  const program = new Command("quay").option("-y, --yes").enablePositionalOptions();
  registerStackCommands(program);
  await program.parseAsync(args, { from: "user" });
  const [[command], stack, options] = engine.mock.calls[0] ?? [[]];
  return [command, stack, ...(options ?? [])];
}

it("asks nothing when told so, wherever that is said", async () => {
  expect(await run("--yes", "up", "prod", "--diff")).toEqual(["up", "prod", "--yes", "--diff"]);
  expect(await run("-y", "up", "prod", "--diff")).toEqual(["up", "prod", "--yes", "--diff"]);
  expect(await run("up", "--yes", "prod", "--diff")).toEqual(["up", "prod", "--yes", "--diff"]);
  expect(await run("up", "prod", "--diff", "--yes")).toEqual(["up", "prod", "--diff", "--yes"]);
  expect(await run("--yes", "up", "prod", "-y")).toEqual(["up", "prod", "-y"]);
  expect(await run("--yes", "destroy", "prod")).toEqual(["destroy", "prod", "--yes"]);
  expect(await run("--yes", "refresh", "prod")).toEqual(["refresh", "prod", "--yes"]);
  // Pulumi's preview asks nothing, and knows no such option.
  expect(await run("--yes", "preview", "prod")).toEqual(["preview", "prod"]);
  expect(await run("up", "prod")).toEqual(["up", "prod"]);
});

it("destroying what is not there is an error unless told otherwise, before the stack or after it", async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const destroy = (...args: string[]) => {
    const program = new Command("quay").enablePositionalOptions();
    registerStackCommands(program);
    vi.mocked(pulumi)
      .mockReset()
      .mockRejectedValue(new NoSuchStack("prod", { folder: "/srv/state" }));
    return program.parseAsync(["destroy", ...args], { from: "user" });
  };
  await expect(destroy("prod")).rejects.toThrow("there is no state of prod in /srv/state");
  await destroy("--if-exists", "prod");
  await destroy("prod", "--yes", "--if-exists");
  expect(vi.mocked(pulumi).mock.calls[0]?.[2]).toEqual(["--yes"]);
  vi.restoreAllMocks();
});
