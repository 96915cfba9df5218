import { expect, it } from "vitest";
import { exportLine } from "./env.ts";

it("quotes for a POSIX shell", () => {
  expect(exportLine("A", "it's $HOME")).toBe("export A='it'\\''s $HOME'");
});
