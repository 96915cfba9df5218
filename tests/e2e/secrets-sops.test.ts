import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseIdentity } from "../../secrets/age.ts";
import { SecretsError } from "../../secrets/errors.ts";
import { computeMac, openSopsFile, setValues } from "../../secrets/sops.ts";
import { createSopsFile } from "../../secrets/sops-create.ts";
import { parseSopsFile } from "../../secrets/sops-file.ts";
import { isEncrypted } from "../../secrets/sops-values.ts";

/*
 * Our reading and writing of SOPS files against the real sops, on documents that nobody thought of.
 */

const repository = resolve(import.meta.dirname, "../..");
const cache = process.env.QUAYSIDE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "quayside");
const binary = process.env.QUAYSIDE_SOPS ?? join(cache, "toolchain/sops/sops");
const runs = { numRuns: 40 };

let folder: string;
const identity = (() => {
  const text = readFileSync(join(repository, "secrets/testdata/alice.key"), "utf8").split("\n")[1] ?? "";
  const parsed = parseIdentity(text);
  if (!parsed) throw new Error("secrets/testdata/alice.key holds no key");
  return { text, parsed };
})();

beforeAll(() => {
  if (!process.env.QUAYSIDE_SOPS) {
    execFileSync(join(repository, "toolchain/build.sh"), ["sops"], { stdio: ["ignore", "ignore", "inherit"] });
  }
  folder = mkdtempSync(join(tmpdir(), "quayside-sops-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sops(args: string[], input: string): string {
  const file = join(folder, "input.yaml");
  writeFileSync(file, input);
  return execFileSync(binary, ["--disable-version-check", ...args, file], {
    cwd: folder,
    encoding: "utf8",
    // Warnings about comments are of no interest; failures are thrown with them.
    stdio: "pipe",
    env: { SOPS_AGE_KEY: identity.text, HOME: folder },
  });
}

/** JSON is YAML, but for characters that end a line in YAML 1.1 only. */
const yaml = (document: unknown) =>
  JSON.stringify(document).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const encrypt = (yaml: string, ...flags: string[]) =>
  sops(
    ["--encrypt", "--input-type", "yaml", "--output-type", "yaml", "--age", identity.parsed.recipient, ...flags],
    yaml,
  );
const decrypt = (yaml: string) => sops(["--decrypt", "--input-type", "yaml", "--output-type", "json"], yaml);
const open = (text: string) =>
  openSopsFile(parseSopsFile("any.sops.yaml", text), { keys: [identity.parsed], sources: ["test"], explicit: true });

const key = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,11}$/)
  .filter((name) => !/^(sops|null|true|false)$/i.test(name));
const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
  fc.constantFrom(
    "",
    "true",
    "null",
    "~",
    "0x10",
    "1e3",
    "007",
    "# no comment",
    "a: b",
    "- x",
    "\n",
    "line\nline\n",
    " ",
  ),
  fc.integer(),
  // Larger ones look like integers in YAML, beyond those that sops takes.
  fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.dictionary(key, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie("tree"), { maxLength: 4 }),
  ),
}));
const content = fc.dictionary(
  fc.oneof(
    key,
    key.map((name) => `${name}_unencrypted`),
  ),
  tree,
  {
    minKeys: 1,
    maxKeys: 6,
    noNullPrototype: true,
  },
);

function texts(value: unknown): string[] {
  if (value === null) return [];
  if (typeof value === "object") return Object.values(value).flatMap(texts);
  return typeof value === "string" ? [value] : [];
}

describe("what sops encrypts", () => {
  test.each([[[]], [["--mac-only-encrypted"]], [["--encrypted-regex", "^[a-m]"]], [["--unencrypted-suffix", "x"]]])(
    "opens and verifies here, with %j",
    (flags) => {
      fc.assert(
        fc.property(content, (document) => {
          const file = open(encrypt(yaml(document), ...flags));
          const strings = file.leaves.flatMap(({ value }) => (value?.type === "str" ? [value.text] : []));
          expect(strings).toEqual(texts(document));
        }),
        runs,
      );
    },
  );

  test("is refused by both when two values change places, one is dropped, or a bit is flipped", () => {
    const change = fc.constantFrom("swap", "drop", "flip");
    const secrets = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,20}$/), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(secrets, change, (values, kind) => {
        const lines = encrypt(yaml({ list: values })).split("\n");
        const [first, second] = lines.flatMap((line, index) => (isEncrypted(line.trim().slice(2)) ? [index] : []));
        const [a, b] = [first ?? 0, second ?? 0];
        if (kind === "swap") [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""];
        if (kind === "drop") lines.splice(a, 1);
        if (kind === "flip") lines[a] = (lines[a] ?? "").replace(/data:(.)/, (_, c) => `data:${c === "A" ? "B" : "A"}`);
        const text = lines.join("\n");
        expect(() => decrypt(text)).toThrow();
        expect(() => open(text)).toThrow(SecretsError);
      }),
      runs,
    );
  });
});

describe("what is written here", () => {
  test("sops decrypts to the same values", async () => {
    const values = fc.uniqueArray(fc.tuple(key, fc.string({ unit: "grapheme" })), {
      minLength: 1,
      selector: ([name]) => name,
    });
    await fc.assert(
      fc.asyncProperty(values, async (entries) => {
        const map = new Map(entries.map(([name, text]) => [["group", name], text] as const));
        const text = await createSopsFile("new.sops.yaml", [identity.parsed.recipient], map);
        expect(JSON.parse(decrypt(text))).toEqual({ group: Object.fromEntries(entries) });
      }),
      runs,
    );
  });

  test("sops decrypts after a value was set in a file of its own", () => {
    fc.assert(
      fc.property(content, key, fc.string({ unit: "grapheme", minLength: 1 }), (document, name, text) => {
        const before = open(encrypt(yaml(document)));
        const after = setValues(before, new Map([[["set-here", name], text]]));
        expect(JSON.parse(decrypt(after))["set-here"]).toEqual({ [name]: text });
        const rest = open(after).leaves.filter(({ path }) => path[0] !== "set-here");
        expect(computeMac(rest, false)).toBe(computeMac(before.leaves, false));
      }),
      runs,
    );
  });

  test("sops sets a value in it, and it opens here", async () => {
    const path = join(folder, "own.sops.yaml");
    writeFileSync(path, await createSopsFile(path, [identity.parsed.recipient], new Map([[["a", "b"], "old"]])));
    const env = { SOPS_AGE_KEY: identity.text, HOME: folder };
    execFileSync(binary, ["--disable-version-check", "set", path, '["a"]["b"]', '"new"'], { cwd: folder, env });
    const values = open(readFileSync(path, "utf8")).leaves.map(({ value }) => value?.text);
    expect(values).toEqual(["new"]);
  });
});

test("the stacks' own files are ones that sops accepts", () => {
  const env = { SOPS_AGE_KEY_FILE: join(repository, "secrets/lab.age.key"), HOME: folder };
  const lab = join(repository, "secrets/lab.sops.yaml");
  const text = execFileSync(binary, ["--disable-version-check", "decrypt", "--output-type", "json", lab], { env });
  expect(Object.keys(JSON.parse(text.toString()))).toContain("postgres");
});
