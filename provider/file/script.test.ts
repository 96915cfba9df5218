import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { changeFiles, type NewFile } from "./script.ts";

let folder: string;
const id = (flag: string) => execFileSync("id", [flag], { encoding: "utf8" }).trim();
const [owner, group] = [id("-u"), id("-g")];
const run = (changes: Partial<Parameters<typeof changeFiles>[0]>) =>
  execFileSync("sh", ["-s"], { input: changeFiles({ write: [], adjust: [], remove: [], ...changes }), stdio: "pipe" });
const file = (name: string, bytes: string | Uint8Array, more: Partial<NewFile> = {}): NewFile => {
  return { path: join(folder, name), bytes: Buffer.from(bytes), mode: "0640", owner, group, ...more };
};
const read = (name: string) => readFileSync(join(folder, name), "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});

describe("changing files", () => {
  test("text, quotes, binary data and emptiness arrive byte for byte, with their mode", () => {
    const binary = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256));
    run({ write: [file("a's", "x 'y' $z\n\n"), file("sub/b", binary), file("c", "", { mode: "4755" })] });
    expect(read("a's")).toBe("x 'y' $z\n\n");
    expect(readFileSync(join(folder, "sub/b")).equals(binary)).toBe(true);
    expect(statSync(join(folder, "sub")).mode & 0o777).toBe(0o755);
    expect([statSync(join(folder, "a's")).mode, statSync(join(folder, "c")).mode].map((mode) => mode & 0o7777)).toEqual(
      [0o640, 0o4755],
    );
  });

  test("what its command refuses keeps its old content, and no temporary file stays", () => {
    writeFileSync(join(folder, "a"), "old");
    expect(() => run({ write: [file("a", "bad", { validate: "grep -q good {}" })] })).toThrow();
    expect(read("a")).toBe("old");
    run({ write: [file("a", "good", { validate: "grep -q good {}" })] });
    expect(read("a")).toBe("good");
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("a set that is refused is put back whole: changed, new and removed files", () => {
    for (const name of ["a", "gone"]) writeFileSync(join(folder, name), "old");
    const changes = { write: [file("a", "new"), file("b", "new")], remove: [join(folder, "gone")] };
    expect(() => run({ ...changes, validate: "false" })).toThrow(/as it was before/);
    expect([readdirSync(folder).sort(), read("a"), read("gone")]).toEqual([["a", "gone"], "old", "old"]);
    run({ ...changes, validate: "true" });
    expect([readdirSync(folder).sort(), read("a")]).toEqual([["a", "b"], "new"]);
  });

  test("a link in a file's place is replaced, and what it points to left alone", () => {
    writeFileSync(join(folder, "target"), "target");
    chmodSync(join(folder, "target"), 0o600);
    symlinkSync("target", join(folder, "a"));
    run({ write: [file("a", "new")] });
    expect([read("a"), read("target"), statSync(join(folder, "target")).mode & 0o777]).toEqual([
      "new",
      "target",
      0o600,
    ]);
  });

  test.each([
    ["text", "ours"],
    ["binary data", Buffer.from([0, 255, 0])],
  ])("%s is not written to what somebody put in the temporary name's place", (_, content) => {
    for (const victim of ["victim", "other"]) writeFileSync(join(folder, victim), "theirs");
    symlinkSync("victim", join(folder, "a.tag.new"));
    const script = changeFiles({ write: [file("a", content)], adjust: [], remove: [] }, "tag");
    expect(() => execFileSync("sh", ["-s"], { input: script, stdio: "pipe" })).toThrow(/a\.tag\.new/);
    expect(read("victim")).toBe("theirs");
    expect(existsSync(join(folder, "a"))).toBe(false);
  });

  test("what somebody puts in a temporary name's place meanwhile gets no attributes", () => {
    writeFileSync(join(folder, "victim"), "theirs", { mode: 0o600 });
    // Where the script calls chown, somebody is quicker.
    writeFileSync(
      join(folder, "chown"),
      `#!/bin/sh\nrm ${folder}/a.tag.new; ln -s victim ${folder}/a.tag.new; PATH=/usr/bin:/bin exec chown "$@"\n`,
      { mode: 0o755 },
    );
    const script = changeFiles({ write: [file("a", "ours", { mode: "0666" })], adjust: [], remove: [] }, "tag");
    execFileSync("sh", ["-s"], { input: `PATH=${folder}:$PATH\n${script}`, stdio: "pipe" });
    expect([read("victim"), statSync(join(folder, "victim")).mode & 0o777]).toEqual(["theirs", 0o600]);
  });

  test("sixty files take few processes", () => {
    const script = changeFiles({
      write: Array.from({ length: 60 }, (_, i) => file(`${i}`, "text")),
      adjust: [],
      remove: [],
    });
    const processes = script.split("\n").filter((line) => /^(chown|chmod|sync|mv|base64|\(umask)/.test(line));
    expect(processes).toHaveLength(60 + 2 + 2 * Math.ceil(60 / 7));
  });
});
