import { Command } from "commander";
import { afterEach, expect, it, vi } from "vitest";
import { resetLab } from "../../lab/main.ts";
import { confirm, isAttended } from "../confirm.ts";
import { registerLab } from "./lab.ts";

vi.mock(import("../../lab/main.ts"), async (original) => ({ ...(await original()), resetLab: vi.fn() }));
vi.mock(import("../lab-stack.ts"), async (original) => ({ ...(await original()), forgetLabStack: vi.fn() }));
vi.mock(import("../steps.ts"), async (original) => ({
  ...(await original()),
  runSteps: async (...steps) => {
    for (const { run } of steps) await run(() => {});
  },
}));
vi.mock(import("../confirm.ts"), () => ({ confirm: vi.fn(), isAttended: vi.fn() }));

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

interface Situation {
  attended: boolean;
  answer?: boolean;
}

/** @returns whether somebody was asked, and whether the lab was removed. */
async function reset(args: string[], { attended, answer = false }: Situation): Promise<Record<string, unknown>> {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.mocked(isAttended).mockReturnValue(attended);
  vi.mocked(confirm).mockReset().mockResolvedValue(answer);
  vi.mocked(resetLab).mockReset();
  const program = new Command("quay").option("-y, --yes").enablePositionalOptions();
  registerLab(program);
  await program.parseAsync(args, { from: "user" });
  const asked = vi.mocked(confirm).mock.calls.length > 0;
  return { asked, removed: vi.mocked(resetLab).mock.calls.length > 0, code: process.exitCode };
}

it("the lab is removed from a terminal only when that is confirmed", async () => {
  expect(await reset(["lab", "reset"], { attended: true })).toEqual({ asked: true, removed: false, code: 1 });
  process.exitCode = undefined;
  const agreed = await reset(["lab", "reset"], { attended: true, answer: true });
  expect(agreed).toEqual({ asked: true, removed: true, code: undefined });
});

it("nobody is asked with --yes, nor where nobody is", async () => {
  for (const args of [
    ["lab", "reset", "--yes"],
    ["--yes", "lab", "reset"],
  ]) {
    expect(await reset(args, { attended: true })).toMatchObject({ asked: false, removed: true });
  }
  expect(await reset(["lab", "reset"], { attended: false })).toMatchObject({ asked: false, removed: true });
});
