import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { additionalData, decryptValue, encryptValue, formatFloat } from "./sops-values.ts";

const dataKey = randomBytes(32);

test("a text comes back, under its own path only", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), fc.array(fc.string(), { minLength: 1 }), (text, path) => {
      const sealed = encryptValue({ type: "str", text }, dataKey, additionalData(path));
      expect(decryptValue(sealed, dataKey, additionalData(path))).toEqual({ type: "str", text });
      expect(() => decryptValue(sealed, dataKey, additionalData([...path, "x"]))).toThrow("altered or moved");
      expect(() => decryptValue(sealed, randomBytes(32), additionalData(path))).toThrow("altered or moved");
    }),
  );
});

test("nonces are never used twice", () => {
  const sealed = new Set(Array.from({ length: 100 }, () => encryptValue({ type: "str", text: "same" }, dataKey, "")));
  expect(sealed.size).toBe(100);
});

test("floats are written as Go does: shortest digits, no exponent", () => {
  // From strconv.FormatFloat(x, 'f', -1, 64).
  const known: [number, string][] = [
    [0, "0"],
    [-0, "-0"],
    [2, "2"],
    [0.1, "0.1"],
    [1e-9, "0.000000001"],
    [1.5e-7, "0.00000015"],
    [-1.25e-8, "-0.0000000125"],
    [1e21, "1000000000000000000000"],
    [1.5e25, "15000000000000000000000000"],
    [123456789.125, "123456789.125"],
    [5e-324, `0.${"0".repeat(323)}5`],
  ];
  for (const [value, text] of known) expect(formatFloat(value)).toBe(text);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(formatFloat(value))).toBe(value);
      expect(formatFloat(value)).toMatch(/^-?\d+(\.\d+)?$/);
    }),
  );
});
