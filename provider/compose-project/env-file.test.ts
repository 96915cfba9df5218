import fc from "fast-check";
import { expect, test } from "vitest";
import { formatEnv, parseEnv } from "./env-file.ts";

test("every value survives, quotes, dollars and line breaks included", () => {
  const unit = fc.constantFrom("\\", '"', "'", "$", "{", "\n", "\r", " ", "#", "=", "a", "é", "\u2028", "\0");
  fc.assert(
    fc.property(fc.string({ unit }), (value) => {
      expect(parseEnv(formatEnv({ A: value, B: "after" }))).toEqual({ A: value, B: "after" });
    }),
  );
});

test("values are written as Compose reads them, in a stable order", () => {
  expect(formatEnv({ B: "it's $5\n", A: 'a\\"b' })).toBe(
    '# Written by Quayside; changes made here by hand are undone.\nA="a\\\\\\"b"\nB="it\'s \\$5\\n"\n',
  );
});

test("what a person wrote is read too", () => {
  expect(parseEnv("# note\nexport A=plain words \n\nB='single $x'\n")).toEqual({ A: "plain words", B: "single $x" });
});
