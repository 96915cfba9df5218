import fc from "fast-check";
import { expect, test } from "vitest";
import { formatEnv, parseEnv } from "./env-file.ts";

test("every value survives, quotes, dollars and line breaks included", () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]*$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: "binary" }), { noNullPrototype: true }), (env) => {
      expect(parseEnv(formatEnv(env))).toEqual(env);
    }),
    { numRuns: 40 },
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
