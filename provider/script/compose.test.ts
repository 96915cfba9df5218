import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { withInput } from "./compose.ts";

const sh = (script: string) => execFileSync("sh", ["-s"], { input: script, encoding: "utf8", stdio: "pipe" });

test("variables arrive whole, and cannot become commands", () => {
  const value = 'it\'s $(id) `id` "x"\nsecond line';
  expect(sh(withInput('printf %s "$VALUE"; sh -c \'printf %s "$VALUE"\'', { VALUE: value }))).toBe(value + value);
});

test("a script stops at its first failing command, and a syntax error is its own", () => {
  expect(() => sh(withInput("false; echo never"))).toThrow();
  expect(sh(`( ${withInput("echo ) (")} ) 2>/dev/null\necho next`)).toBe("next\n");
});
