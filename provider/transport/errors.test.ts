import { expect, test } from "vitest";
import { redact } from "./errors.ts";

test("a secret is taken out wherever it shows, also in base64", () => {
  const encoded = Buffer.from("hunter2!").toString("base64");
  expect(redact(`a hunter2! b ${encoded} c`, ["hunter2!"])).toBe("a [secret] b [secret] c");
});

test("each line of a secret of several lines is taken out, as tools quote lines", () => {
  const key = "-----BEGIN KEY-----\nAAAABBBBCCCC\nDDDDEEEEFFFF\n-----END KEY-----\n";
  expect(redact("bad line 2: DDDDEEEEFFFF", [key])).toBe("bad line 2: [secret]");
});

test("a secret that holds another goes as a whole, and short ones do not shred the text", () => {
  expect(redact("password1234", ["word", "password1234"])).toBe("[secret]");
  expect(redact("an apple", ["a", ""])).toBe("an apple");
});
