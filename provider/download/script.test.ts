import { expect, test } from "vitest";
import { changeDownload, parseDownload, recordFile } from "./script.ts";

const files = { "/usr/local/bin/a": "folder/a", "/usr/local/bin/b": "folder/b" };
const [one, two] = ["1".repeat(64), "2".repeat(64)];
const note = JSON.stringify({ sha256: "f".repeat(64), members: files });
const sums = `${one} /usr/local/bin/a\n${two} /usr/local/bin/b\n`;

test("files that are what was put there are as declared", () => {
  const output = `${note}\n${sums}=\n${one} 755 /usr/local/bin/a\n${two} 755 /usr/local/bin/b\n`;
  expect(parseDownload(output, { files })).toEqual({ sha256: "f".repeat(64), files, mode: "0755" });
});

test("a file that was altered or is missing is not there; without a note nothing is", () => {
  const altered = `${note}\n${sums}=\n${two} 755 /usr/local/bin/a\n${two} 700 /usr/local/bin/b\n`;
  expect(parseDownload(altered, { files })).toEqual({
    sha256: "f".repeat(64),
    files: { "/usr/local/bin/b": "folder/b" },
    mode: "0700",
  });
  expect(parseDownload(`\n=\n${one} 755 /usr/local/bin/a\n`, { files })).toBeUndefined();
  expect(parseDownload(`{"half":\n${sums}=\n${one} 755 /usr/local/bin/a\n`, { files })).toBeUndefined();
});

test("nothing of what was fetched is used before its checksum was held against the pinned one", () => {
  const script = changeDownload({ url: "https://example.org/x.tgz", sha256: "f".repeat(64), files, mode: "0755" });
  const steps = ["timeout 600", `!= ${"f".repeat(64)}`, "tar -xOf", "mv -f -T"].map((step) => script.indexOf(step));
  expect(steps.toSorted((a, b) => a - b)).toEqual(steps);
  expect(steps[0]).toBeGreaterThan(0);
});

test("the note goes by the files' paths, whatever version they are of", () => {
  expect(recordFile(files)).toBe(recordFile({ "/usr/local/bin/b": "v2/b", "/usr/local/bin/a": "v2/a" }));
  expect(recordFile(files)).not.toBe(recordFile({ "/usr/local/bin/a": "folder/a" }));
});
