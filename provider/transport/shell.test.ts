import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emit, emitTo, INTERPRETER, q } from "./shell.ts";

const sh = (script: string) => execFileSync("sh", ["-s"], { input: script });
const printable = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0"));

describe("words of a script", () => {
  test("come out as they went in, whatever is in them", () => {
    const words = fc.sample(printable, 200);
    const printed = sh(words.map((word) => `printf '%s\\0' ${q(word)}`).join("\n")).toString("utf8");
    expect(printed.split("\0").slice(0, -1)).toEqual(words.map((word) => Buffer.from(word).toString("utf8")));
  });

  test("stay readable when they need no quotes", () => {
    expect([q("/etc/motd"), q(22), q("a b"), q("it's"), q("")]).toEqual([
      "/etc/motd",
      "22",
      "'a b'",
      "'it'\\''s'",
      "''",
    ]);
  });
});

describe("content in a script", () => {
  test("comes out byte for byte", () => {
    const bytes = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7) % 256));
    expect(sh(emit(bytes)).equals(bytes)).toBe(true);
    expect(sh(emit("")).toString()).toBe("");
    expect(sh(emit("é\n")).toString()).toBe("é\n");
  });

  test("goes into a file, which is there also when it is empty", () => {
    const folder = mkdtempSync(join(tmpdir(), "quayside-shell-"));
    const file = join(folder, "a file");
    try {
      for (const content of ["é\n", ""]) {
        sh(emitTo(q(file), content));
        expect(readFileSync(file, "utf8")).toBe(content);
        rmSync(file);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the interpreter", () => {
  test("runs a script from standard input, of which no command can swallow the rest", () => {
    const output = execFileSync("sh", ["-c", INTERPRETER], { input: "cat; echo one\ncat\necho two" });
    expect(output.toString()).toBe("one\ntwo\n");
  });
});
