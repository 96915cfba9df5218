import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SecretsError } from "../secrets/errors.ts";
import { issuedToken, password } from "../secrets/formats.ts";
import { readSecretForCli } from "../secrets/read.ts";
import { listSecrets, secret } from "../secrets/schema.ts";
import { schemas as projectSchemas } from "../secrets/schemas.ts";
import {
  checkStack,
  getSecret,
  initStack,
  rotateSecrets,
  rotationFault,
  type SecretsContext,
  setSecret,
} from "./secrets-commands.ts";
import { withRule } from "./secrets-files.ts";
import { trimSingleLine } from "./secrets-input.ts";

const schema = {
  api: { token: secret("token of the API", issuedToken(8), { source: "the API's console" }) },
  database: { password: secret("database", password(24)) },
};

let project: string;
let said: string[];
let printed: string[];
let typed: string;
let context: SecretsContext;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "quayside-cli-secrets-"));
  said = [];
  printed = [];
  typed = "";
  context = {
    project,
    schemas: { lab: schema, prod: schema },
    out: (text) => void printed.push(text),
    note: (text) => void said.push(text),
    readValue: async () => typed,
  };
  vi.stubEnv("XDG_CONFIG_HOME", join(project, "config"));
  vi.stubEnv("SOPS_AGE_KEY", undefined);
  vi.stubEnv("SOPS_AGE_KEY_FILE", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(project, { recursive: true, force: true });
});

const read = (name: string) => readFileSync(join(project, name), "utf8");
const value = (name: string, stack = "prod") => readSecretForCli(stack, name, { project });

describe("init", () => {
  test("makes file, rule and a key in the user's own folder, and says what remains to be set", async () => {
    expect(await initStack("prod", context)).toBe(0);
    const keys = join(project, "config/sops/age/keys.txt");
    expect(statSync(keys).mode & 0o777).toBe(0o600);
    const recipient = /age1\w+/.exec(readFileSync(keys, "utf8"))?.[0] ?? "no key";
    expect(read(".sops.yaml")).toContain(recipient);
    expect(read("secrets/prod.sops.yaml")).toContain(`recipient: ${recipient}`);
    expect(value("database.password")).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(said.at(-1)).toBe(
      "still to be set: api.token (token of the API): ./quay secrets set prod api.token, from the API's console",
    );
    expect([...said, ...printed].join("\n")).not.toContain(value("database.password"));
  });

  test("again, it adds what is missing and touches nothing else", async () => {
    await initStack("prod", context);
    const before = read("secrets/prod.sops.yaml");
    await initStack("prod", context);
    expect(read("secrets/prod.sops.yaml")).toBe(before);
    const old = value("database.password");
    const wider = { ...schema, extra: secret("new", password(20)) };
    await initStack("prod", { ...context, schemas: { prod: wider } });
    expect(value("extra")).toHaveLength(20);
    expect(value("database.password")).toBe(old);
  });

  test("the lab's key lies beside its file, whatever keys the user has", async () => {
    await initStack("prod", context);
    await initStack("lab", context);
    expect(existsSync(join(project, "secrets/lab.age.key"))).toBe(true);
    vi.stubEnv("XDG_CONFIG_HOME", join(project, "elsewhere"));
    expect(value("database.password", "lab")).toHaveLength(24);
    expect(value("database.password", "prod")).toBeUndefined();
  });
});

describe("set", () => {
  test("stores what was typed", async () => {
    await initStack("prod", context);
    typed = "abcd1234";
    expect(await setSecret("prod", "api.token", context)).toBe(0);
    expect(value("api.token")).toBe(typed);
    expect(await checkStack("prod", {}, context)).toBe(0);
    expect(printed.at(-1)).toMatch(/MAC verified, all 2 secrets are there and well-formed/);
  });

  test("refuses what the schema refuses, changing and quoting nothing", async () => {
    await initStack("prod", context);
    const before = read("secrets/prod.sops.yaml");
    typed = "secret-but-too-long";
    const error = await setSecret("prod", "api.token", context).catch((thrown: unknown) => thrown as SecretsError);
    expect(error).toBeInstanceOf(SecretsError);
    expect((error as SecretsError).message).toMatch(/expected exactly 8 letters and digits, got 19 characters/);
    expect((error as SecretsError).message).not.toContain(typed);
    expect(read("secrets/prod.sops.yaml")).toBe(before);
  });

  test("names the secrets there are when asked for another", async () => {
    await initStack("prod", context);
    await expect(setSecret("prod", "api.tokn", context)).rejects.toThrow("use one of api.token, database.password");
  });

  test("needs the key", async () => {
    await initStack("prod", context);
    vi.stubEnv("XDG_CONFIG_HOME", join(project, "elsewhere"));
    await expect(setSecret("prod", "api.token", context)).rejects.toThrow(/private key was not found in/);
  });
});

test("rotate replaces what can be generated, and says who issues the rest", async () => {
  await initStack("prod", context);
  const before = value("database.password");
  expect(await rotateSecrets("prod", ["database.password"], context)).toBe(0);
  expect(value("database.password")).toHaveLength(24);
  expect(value("database.password")).not.toBe(before);
  await expect(rotateSecrets("prod", ["api.token"], context)).rejects.toThrow(/only its issuer.*the API's console/s);
});

test("rotate refuses what a new value in the file alone would break, says what to do, and then changes nothing at all", async () => {
  const rotation = (stack: string) => `tell the vault of ${stack} first`;
  const schemas = { prod: { ...schema, vault: { key: secret("key of the vault", password(20), { rotation }) } } };
  const wider = { ...context, schemas };
  await initStack("prod", wider);
  const before = read("secrets/prod.sops.yaml");
  const all = ["vault.key", "database.password", "api.token"];
  const error: Error = await rotateSecrets("prod", all, wider).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(SecretsError);
  expect((error as SecretsError).faults.map(({ path }) => path)).toEqual(["vault.key", "api.token"]);
  expect(error.message).toContain("Fix: tell the vault of prod first");
  expect(read("secrets/prod.sops.yaml")).toBe(before);
});

test("of this project's secrets, those are refused whose old value something else still needs", () => {
  for (const stack of ["prod", "preprod"]) {
    const faults = listSecrets(projectSchemas[stack] ?? {})
      .filter(({ spec }) => spec.format.generate)
      .flatMap((named) => rotationFault(stack, named) ?? []);
    expect(faults.map(({ path }) => path)).toEqual([
      ...["pulumi.passphrase", "ssh.privateKey", "n8n.encryptionKey", "n8n.ownerPassword", "litellm.saltKey"],
      ...["grafana.adminPassword", "couchdb.userPassword"],
    ]);
    for (const { remedy } of faults) expect(remedy).toContain(`./quay secrets set ${stack} `);
  }
});

test("get prints a value only when told to reveal it", async () => {
  await initStack("prod", context);
  await getSecret("prod", "database.password", {}, context);
  expect(printed).toEqual(["database.password: database; set, well-formed (--reveal prints it)"]);
  await getSecret("prod", "database.password", { reveal: true }, context);
  expect(printed[1]).toBe(value("database.password"));
});

describe("check --json", () => {
  test("tells faults to programs", async () => {
    await initStack("prod", context);
    expect(await checkStack("prod", { json: true }, context)).toBe(1);
    expect(JSON.parse(printed[0] ?? "")).toMatchObject({ ok: false, kind: "invalid", faults: [{ path: "api.token" }] });
    const file = join(project, "secrets/prod.sops.yaml");
    writeFileSync(file, read("secrets/prod.sops.yaml").replace(/ {4}mac: .*\n/, ""));
    expect(await checkStack("prod", { json: true }, context)).toBe(1);
    expect(JSON.parse(printed[1] ?? "")).toMatchObject({ ok: false, kind: "tampered" });
  });

  test("says whether the MAC could be verified", async () => {
    const small = { ...context, schemas: { prod: { database: schema.database } } };
    await initStack("prod", small);
    await checkStack("prod", { json: true }, small);
    vi.stubEnv("XDG_CONFIG_HOME", join(project, "elsewhere"));
    await checkStack("prod", { json: true }, small);
    expect(printed.map((text) => JSON.parse(text).verified)).toEqual([true, false]);
  });
});

test(".sops.yaml keeps a rule that lists the own key, with its other recipients, and replaces a stranger's", () => {
  const team = withRule(
    "# ours\ncreation_rules:\n  - path_regex: ^secrets/prod\\.sops\\.yaml$\n    age: age1me,age1you\n",
    "prod",
    "age1me",
  );
  expect(team.recipients).toEqual(["age1me", "age1you"]);
  const taken = withRule(team.text, "prod", "age1new");
  expect(taken.recipients).toEqual(["age1new"]);
  expect(taken.text).toBe("# ours\ncreation_rules:\n  - path_regex: ^secrets/prod\\.sops\\.yaml$\n    age: age1new\n");
  const added = withRule(taken.text, "lab", "age1lab");
  expect(added.text).toContain("age1new");
  expect(added.text).toContain("  - path_regex: ^secrets/lab\\.sops\\.yaml$\n    age: age1lab\n");
});

test("one line loses its newline, several lines keep theirs", () => {
  expect(trimSingleLine("token\n")).toBe("token");
  expect(trimSingleLine("token")).toBe("token");
  expect(trimSingleLine("-----BEGIN\nx\n-----END\n")).toBe("-----BEGIN\nx\n-----END\n");
});
