import { describe, expect, test } from "vitest";
import { SecretsError } from "./errors.ts";
import { setValues } from "./sops.ts";
import { formatFloat } from "./sops-values.ts";
import { decryptedBySops, fixture, fixtures, keysOf, open } from "./testdata/fixtures.ts";

function flatten(value: unknown, path: (string | number)[] = []): [string, string | undefined][] {
  if (value === null) return [[path.join("."), undefined]];
  if (Array.isArray(value)) return value.flatMap((item, index) => flatten(item, [...path, index]));
  if (typeof value === "object") {
    const { number } = value as { number?: string };
    if (typeof number === "string") {
      return [[path.join("."), /^-?\d+$/.test(number) ? number : formatFloat(Number(number))]];
    }
    return Object.entries(value).flatMap(([key, child]) => flatten(child, [...path, key]));
  }
  if (typeof value === "boolean") return [[path.join("."), value ? "True" : "False"]];
  return [[path.join("."), String(value)]];
}

/** Names without list positions: sops keeps encrypted comments as items of lists, which shifts those. */
function named(entries: readonly [string, string | undefined][]): [string, string | undefined][] {
  return entries.map(([path, text]) => [path.replace(/\.\d+(?=\.|$)/g, "[]"), text]);
}

function failure(text: string, keys = keysOf("alice")): SecretsError {
  try {
    open(text, keys);
  } catch (error) {
    if (error instanceof SecretsError) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

/** Everything secret in the fixtures. */
const SECRET = /hidden|plain text|first line|Grüße|3\.14159|AGE-SECRET-KEY-1/;

describe("files written by sops", () => {
  test.each(fixtures)("%s: every value is what sops decrypts", (name) => {
    const leaves = open(fixture(name)).leaves.map((leaf): [string, string | undefined] => [
      leaf.path.join("."),
      leaf.value?.text,
    ]);
    expect(named(leaves)).toEqual(named(flatten(decryptedBySops(name))));
  });

  test("each of several recipients opens a file", () => {
    const text = fixture("two-recipients");
    expect(open(text, keysOf("bob")).leaves).toEqual(open(text, keysOf("alice")).leaves);
  });

  test("a key that is no recipient is told who is", () => {
    const error = failure(fixture("two-recipients"), keysOf("carol"));
    expect(error.kind).toBe("wrong-key");
    expect(error.message).toMatch(/encrypted to age1mdd\w+, age1wtm\w+; none of the 1 private key.*SOPS_AGE_KEY_FILE/s);
  });
});

describe("a file that was tampered with is refused", () => {
  const clear = fixture("unencrypted-suffix");
  const values = fixture("values");
  const line = (name: string, text = values) => {
    const found = text.split("\n").find((candidate) => candidate.trimStart().startsWith(`${name}:`));
    if (!found) throw new Error(`no line ${name}`);
    return found;
  };
  const cipher = (name: string, text = values) =>
    line(name, text)
      .replace(/^.*?: /, "")
      .replace(/ #.*/, "");
  const cases: Record<string, [text: string, problem: RegExp]> = {
    "a bit of a value flipped": [
      values.replace(/(text: .*?data:)(.)/, (_, a, b) => a + (b === "A" ? "B" : "A")),
      /text was altered/,
    ],
    "values of two keys swapped": [
      values
        .replace(cipher("text"), "@")
        .replace(cipher("quoted_number"), cipher("text"))
        .replace("@", cipher("quoted_number")),
      /text was altered or moved.*quoted_number was altered or moved/s,
    ],
    "items of a list reordered": [
      values.replace(/(list:\n)( .*\n)( .*\n)( .*\n)/, (_, head, a, b, c) => head + c + b + a),
      /not those that its MAC was made for/,
    ],
    "keys reordered": [
      values.replace(line("int"), "@").replace(line("negative"), line("int")).replace("@", line("negative")),
      /not those that its MAC was made for/,
    ],
    "a value removed": [values.replace(`${line("int")}\n`, ""), /not those that its MAC was made for/],
    "a value emptied": [values.replace(cipher("int"), '""'), /not those that its MAC was made for/],
    "a value nulled": [values.replace(cipher("int"), "null"), /not those that its MAC was made for/],
    "a value replaced by text in clear": [values.replace(cipher("text"), "chosen"), /text is not encrypted/],
    "a value relabelled as a comment": [
      values.replace(line("text"), line("text").replace("type:str", "type:comment")),
      /not those that its MAC was made for/,
    ],
    "a string relabelled as a number": [
      values.replace(line("quoted_number"), line("quoted_number").replace("type:str", "type:int")),
      /not those that its MAC was made for/,
    ],
    "an unknown type": [values.replace("type:str", "type:str2"), /type that sops does not know/],
    "a short authentication tag": [values.replace(/(text: .*?tag:)[^,]*/, "$1AAAAAA=="), /damaged authentication tag/],
    "an unencrypted value changed": [clear.replace("5432", "5433"), /not those that its MAC was made for/],
    "an unencrypted value added": [`evil_unencrypted: 1\n${clear}`, /not those that its MAC was made for/],
    "the rules changed, a secret put in clear": [
      clear
        .replace("unencrypted_suffix: _unencrypted", "unencrypted_regex: secret|_unencrypted")
        .replace(cipher("secret", clear), "chosen"),
      /not those that its MAC was made for/,
    ],
    "the MAC restricted to encrypted values": [
      clear.replace("    mac:", "    mac_only_encrypted: true\n    mac:").replace("5432", "5433"),
      /not those that its MAC was made for/,
    ],
    "no MAC": [values.replace(/ {4}mac: .*\n/, ""), /has no MAC/],
    "an empty MAC": [values.replace(/ {4}mac: .*\n/, '    mac: ""\n'), /has no MAC/],
    "the MAC of another file": [
      values.replace(cipher("mac"), cipher("mac", clear)),
      /sops\.mac or sops\.lastmodified was altered/,
    ],
    "another time of change": [
      values.replace(/lastmodified: "2026/, 'lastmodified: "2025'),
      /sops\.mac or sops\.lastmodified was altered/,
    ],
    "a damaged data key": [
      values.replace(/(BEGIN AGE ENCRYPTED FILE-----\n[^\n]*\n[^\n]*\n *)(.)/, "$1+"),
      /the data key encrypted to age1mdd\w+/,
    ],
    "the data key of another file": [
      values.replace(
        /-----BEGIN[\s\S]*END AGE ENCRYPTED FILE-----/,
        /-----BEGIN[\s\S]*END AGE ENCRYPTED FILE-----/.exec(clear)?.[0] ?? "",
      ),
      /was altered or moved/,
    ],
  };
  test.each(Object.keys(cases))("%s", (name) => {
    const [text, problem] = cases[name] ?? ["", /./];
    expect([values, clear], "the case changes nothing").not.toContain(text);
    const error = failure(text);
    expect(error.kind).toBe("tampered");
    expect(error.faults).toHaveLength(1);
    expect(error.message).toMatch(problem);
    expect(error.message).toContain("git checkout <commit> -- fixture.sops.yaml");
    expect(error.message).not.toMatch(SECRET);
  });

  test("truncated anywhere, it is refused, and the error quotes nothing", () => {
    for (let length = 0; length < values.length - 1; length += 41) {
      const text = values.slice(0, length);
      // The last lines of the sops block only repeat defaults, so losing them changes nothing that sops would notice.
      if (text.includes("unencrypted_suffix: _unencrypted")) continue;
      if (/ {4}mac: .*type:str\]\n/.test(text)) continue;
      expect(failure(text).message).not.toMatch(SECRET);
    }
  });

  test("a decrypted file is refused without quoting it", () => {
    const error = failure("postgres:\n  password: hidden\n");
    expect(error.kind).toBe("unreadable");
    expect(error.message).toMatch(/has no "sops" block.*replace every secret/s);
    expect(failure("a: hidden\n  b: : hidden").message).toMatch(/line 1 is not valid YAML/);
    expect(failure("a: hidden\n  b: : hidden").message).not.toMatch(SECRET);
  });

  test.each(["&x 1", "!!binary aGk=", "0o17", "0777", "1_000", "2026-11-21", ".inf", "99999999999999999999"])(
    "an unencrypted %s, which YAML dialects read differently, is refused rather than guessed at",
    (value) => {
      expect(failure(clear.replace("5432", value)).kind).toBe(value === "&x 1" ? "tampered" : "unreadable");
    },
  );
});

describe("changing a file", () => {
  const now = new Date("2027-01-02T03:04:05.678Z");

  test("only the changed value, the MAC and the time differ", () => {
    const before = fixture("values");
    const after = setValues(open(before), new Map([[["text"], "new"]]), now);
    const differing = after.split("\n").filter((line, index) => line !== before.split("\n")[index]);
    expect(differing.map((line) => line.trim().split(":")[0])).toEqual(["text", "lastmodified", "mac"]);
    expect(after).toContain('lastmodified: "2027-01-02T03:04:05Z"');
    const value = open(after).leaves.find(({ path }) => path.join(".") === "text")?.value;
    expect(value).toEqual({ type: "str", text: "new" });
  });

  test("new groups go before the sops block and open again", () => {
    const after = setValues(open(fixture("unencrypted-suffix")), new Map([[["new", "group", "key"], "a\nb\n"]]), now);
    expect(open(after).leaves.at(-1)).toEqual({
      path: ["new", "group", "key"],
      value: { type: "str", text: "a\nb\n" },
      encrypted: true,
    });
    expect(after.indexOf("new:")).toBeLessThan(after.indexOf("sops:"));
  });

  test("what the rules would leave in clear, and paths through values, are refused", () => {
    const file = open(fixture("unencrypted-suffix"));
    expect(() => setValues(file, new Map([[["token_unencrypted"], "hidden"]]))).toThrow(/would leave .* unencrypted/);
    expect(() => setValues(file, new Map([[["secret", "deeper"], "hidden"]]))).toThrow(/secret is not a group/);
    expect(() => setValues(file, new Map([[["other"], "hidden"]]))).toThrow(/other is a group/);
  });
});
