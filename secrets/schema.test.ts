import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, issued, issuedToken, password, prefixed, type SecretFormat, sshPrivateKey } from "./formats.ts";
import { checkSecrets, listSecrets, mapSecrets, secret } from "./schema.ts";
import { schemas } from "./schemas.ts";

const schema = {
  api: { token: secret("token of the API", issuedToken(8), { source: "the API's console" }) },
  database: { password: secret("database", password(10)), clients: { app: secret("role of the app", password(10)) } },
};

const present = (name: string, value: string | undefined, encrypted = true) => ({ name, value, encrypted });

describe("checking a file against its schema", () => {
  test("all that is well gives no fault", () => {
    const entries = [
      present("api.token", "abcd1234"),
      present("database.password", "0123456789"),
      present("database.clients.app", "0123456789"),
    ];
    expect(checkSecrets("prod", schema, entries)).toEqual([]);
  });

  test("missing, malformed, unencrypted and unknown ones are all told at once, without their values", () => {
    const entries = [
      present("api.token", "Not-Secret\nEnough "),
      present("database.password", "open-to-all-of-us", false),
      present("databse.password", "misspelt-name"),
    ];
    const faults = checkSecrets("prod", schema, entries);
    expect(faults).toEqual([
      {
        path: "api.token",
        problem:
          "is malformed; token of the API: expected exactly 8 letters and digits, got 18 characters on 2 lines, ending in white space",
        remedy: "./quay secrets set prod api.token (from the API's console)",
      },
      {
        path: "database.password",
        problem: "is stored in clear, so whoever can read the file has it",
        remedy: "replace the secret where it is used, then ./quay secrets set prod database.password",
      },
      {
        path: "database.clients.app",
        problem: "is missing; role of the app: expected at least 10 printable ASCII characters without spaces",
        remedy: "./quay secrets set prod database.clients.app",
      },
      {
        path: "databse.password",
        problem: "is not a secret of this stack's schema",
        remedy: "delete it (sops secrets/prod.sops.yaml), or name it in the stack's schema",
      },
    ]);
    expect(JSON.stringify(faults)).not.toMatch(/Not-Secret|open-to-all|misspelt/);
  });

  test("what could not be decrypted counts as there", () => {
    const names = listSecrets(schema).map(({ name }) => present(name, undefined));
    expect(checkSecrets("prod", schema, names)).toEqual([]);
    expect(checkSecrets("prod", schema, names.slice(1))).toHaveLength(1);
  });
});

test("a schema maps to a tree of the same shape", () => {
  expect(mapSecrets(schema, ({ name }) => name)).toEqual({
    api: { token: "api.token" },
    database: { password: "database.password", clients: { app: "database.clients.app" } },
  });
});

const formats: Record<string, SecretFormat> = {
  "password(32)": password(32),
  "hex(32)": hex(32),
  "prefixed(sk-)": prefixed("sk-", 32),
  "issued(40)": issued(40),
  "issuedToken(64)": issuedToken(64),
  "sshPrivateKey()": sshPrivateKey(),
};

describe.each(Object.entries(formats))("%s", (_name, format) => {
  test("its placeholder has the format and says what it is", () => {
    expect(format.matches(format.placeholder)).toBe(true);
    const plain = format.placeholder + Buffer.from(format.placeholder, "hex").toString();
    expect(plain).toContain("placeholder");
  });

  test("what it generates has the format and is new each time", async () => {
    if (!format.generate) return expect(format.expected).toMatch(/exactly 64|at least 40/);
    const values = [await format.generate(), await format.generate()];
    for (const value of values) expect(format.matches(value)).toBe(true);
    expect(values[0]).not.toBe(values[1]);
  });

  test("refuses what it should", () => {
    for (const wrong of ["", " ", "short", "ü".repeat(64)]) expect(format.matches(wrong)).toBe(false);
  });
});

test("generated passwords use all of their alphabet and need no quoting", () => {
  const text = Array.from({ length: 200 }, () => password(64).generate?.()).join("");
  expect(new Set(text).size).toBe(62);
  expect(text).toMatch(/^[A-Za-z0-9]+$/);
});

test("passwords with spaces or line ends are refused wherever these are", () => {
  fc.assert(
    fc.property(fc.nat(32), fc.constantFrom(" ", "\n", "\t", "\u0000"), (position, bad) => {
      const value = "x".repeat(position) + bad + "x".repeat(40);
      expect(password(32).matches(value)).toBe(false);
    }),
  );
});

test("preprod and prod have the same secrets, lab a part of them", () => {
  const names = (stack: string) => listSecrets(schemas[stack] ?? {}).map(({ name }) => name);
  expect(names("preprod")).toEqual(names("prod"));
  expect(names("prod")).toEqual(expect.arrayContaining(names("lab")));
  expect(names("lab").length).toBeLessThan(names("prod").length);
});
