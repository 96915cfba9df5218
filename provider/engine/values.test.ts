import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, decode, encode, formatPath, type Properties, UNKNOWN } from "./values.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const output = (fields: object) => ({ [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields });

describe("values on the wire", () => {
  test("plain ones come back as they were", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const { properties, secrets, unknowns } = decode(value as never);
        expect(encode(properties, secrets)).toEqual(value);
        expect(unknowns).toEqual([]);
      }),
    );
  });

  test("a key called __proto__ is a key like any other", () => {
    const value = JSON.parse('{"labels":{"__proto__":["x"]}}');
    expect(JSON.stringify(decode(value).properties)).toBe('{"labels":{"__proto__":["x"]}}');
  });

  test("secrets are unwrapped, remembered by their place, and wrapped again", () => {
    const wire = { files: { "/a": { content: secret("x") } }, list: [1, secret({ deep: "y" })] };
    const decoded = decode(wire as never);
    expect(decoded.properties).toEqual({ files: { "/a": { content: "x" } }, list: [1, { deep: "y" }] });
    expect(decoded.secrets).toEqual([
      ["files", "/a", "content"],
      ["list", 1],
    ]);
    expect(encode(decoded.properties, decoded.secrets)).toEqual(wire);
  });

  test("what is not known yet is told from what is", () => {
    const decoded = decode({
      a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      b: output({ secret: true }),
      c: output({ value: "known", secret: true }),
    } as never);
    expect(decoded.properties).toEqual({ a: UNKNOWN, b: UNKNOWN, c: "known" });
    expect(decoded.unknowns).toEqual([["a"], ["b"]]);
    expect(decoded.secrets).toEqual([["b"], ["c"]]);
  });

  test("an asset keeps its hash, and its place says that it is secret", () => {
    const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", path: "a.txt", hash: "00" };
    const decoded = decode({ content: secret(asset) } as never);
    expect(decoded.properties).toEqual({ content: { asset: { path: "a.txt", hash: "00" } } });
    expect(encode(decoded.properties, decoded.secrets)).toEqual({ content: secret(asset) });
  });
});

test("paths are followed and written as Pulumi does", () => {
  const properties: Properties = { files: { "/etc/motd": { mode: "0644" } }, list: ["a"] };
  expect(at(properties, ["files", "/etc/motd", "mode"])).toBe("0644");
  expect(at(properties, ["files", "nowhere", "mode"])).toBeUndefined();
  expect(formatPath(["files", "/etc/motd", "mode"])).toBe('files["/etc/motd"].mode');
  expect(formatPath(["list", 0])).toBe("list[0]");
});
