import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadSecrets, sshPublicKey } from "./load.ts";
import { readSecretForCli } from "./read.ts";
import { labSecrets, platformSecrets } from "./schemas.ts";
import { keysOf } from "./testdata/fixtures.ts";

let project: string;
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "quayside-secrets-"));
  mkdirSync(join(project, "secrets"));
  for (const file of ["lab.sops.yaml", "lab.age.key", "prod.sops.yaml"]) {
    cpSync(join(import.meta.dirname, file), join(project, "secrets", file));
  }
  vi.stubEnv("XDG_CONFIG_HOME", join(project, "nothing"));
  vi.stubEnv("SOPS_AGE_KEY", undefined);
  vi.stubEnv("SOPS_AGE_KEY_FILE", undefined);
  warn.mockClear();
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(project, { recursive: true, force: true });
});

function running(preview: boolean): void {
  vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(preview);
}

const plain = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => void output.apply(resolve));

function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(pulumi.RunError.isInstance(error), String(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

describe("with a key", () => {
  test.each([true, false])("every leaf is a secret output of the value in the file (preview: %s)", async (preview) => {
    running(preview);
    const secrets = loadSecrets("lab", labSecrets, { project });
    expect(await pulumi.isSecret(secrets.postgres.clients.app)).toBe(true);
    expect(await plain(secrets.hcloud.token)).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(await plain(secrets.redis.password)).toBe(readSecretForCli("lab", "redis.password", { project }));
    expect(warn).not.toHaveBeenCalled();
  });

  test("the public half of the SSH key is no secret", async () => {
    running(true);
    const key = sshPublicKey(loadSecrets("lab", labSecrets, { project }).ssh.privateKey);
    expect(await pulumi.isSecret(key)).toBe(false);
    expect(await plain(key)).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\S{43} quayside$/);
  });

  test("a tampered file stops a preview", () => {
    running(true);
    const file = join(project, "secrets/lab.sops.yaml");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(/passphrase: .*\n/, "passphrase: chosen-by-someone-else-entirely\n"),
    );
    const message = failure(() => loadSecrets("lab", labSecrets, { project }));
    expect(message).toMatch(/integrity check failed.*pulumi\.passphrase is not encrypted/);
    expect(message).not.toContain("chosen");
  });

  test("secrets that the schema wants and the file lacks are named, with the command for each", () => {
    running(true);
    const message = failure(() => loadSecrets("lab", platformSecrets, { project }));
    expect(message).toContain("15 secrets are wrong");
    expect(message).toContain("Fix: ./quay secrets set lab n8n.encryptionKey");
  });
});

describe("without a key", () => {
  test("a preview has placeholders that are secret and well-formed, and one warning", async () => {
    running(true);
    const secrets = loadSecrets("prod", platformSecrets, { project });
    loadSecrets("prod", platformSecrets, { project });
    expect(await pulumi.isSecret(secrets.n8n.encryptionKey)).toBe(true);
    const token = await plain(secrets.hcloud.token);
    expect(token).toContain("placeholder");
    expect(platformSecrets.hcloud.token.format.matches(token)).toBe(true);
    expect(await plain(sshPublicKey(secrets.ssh.privateKey))).toMatch(/^ssh-ed25519 AAAA\S+ placeholder$/);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(/prod\.sops\.yaml: secrets are shown as placeholders.*encrypted to age1/);
  });

  test("keys of other projects in the user's keys.txt are as good as none", () => {
    running(true);
    mkdirSync(join(project, "nothing/sops/age"), { recursive: true });
    cpSync(join(import.meta.dirname, "testdata/carol.key"), join(project, "nothing/sops/age/keys.txt"));
    expect(keysOf("carol").keys).toHaveLength(1);
    expect(() => loadSecrets("prod", platformSecrets, { project })).not.toThrow();
  });

  test("an update stops and says what to do", () => {
    running(false);
    const message = failure(() => loadSecrets("prod", platformSecrets, { project }));
    expect(message).toMatch(
      /encrypted to age1\w+, and its private key was not found in SOPS_AGE_KEY, SOPS_AGE_KEY_FILE/,
    );
    expect(message).toContain("Fix: SOPS_AGE_KEY_FILE=<key file>");
  });

  test("names in the file are still checked against the schema", () => {
    running(true);
    const file = join(project, "secrets/prod.sops.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("ownerPassword:", "ownerPasswrd:"));
    const message = failure(() => loadSecrets("prod", platformSecrets, { project }));
    expect(message).toMatch(
      /n8n\.ownerPassword: is missing.*n8n\.ownerPasswrd: is not a secret of this stack's schema/s,
    );
  });

  test("a key that was asked for and does not fit is an error, even in a preview", () => {
    running(true);
    vi.stubEnv("SOPS_AGE_KEY_FILE", join(import.meta.dirname, "testdata/carol.key"));
    expect(failure(() => loadSecrets("prod", platformSecrets, { project }))).toContain("none of the 1 private key(s)");
    vi.stubEnv("SOPS_AGE_KEY_FILE", join(project, "missing.key"));
    expect(failure(() => loadSecrets("prod", platformSecrets, { project }))).toContain(
      "missing.key cannot be read (ENOENT)",
    );
    vi.stubEnv("SOPS_AGE_KEY_FILE", undefined);
    vi.stubEnv("SOPS_AGE_KEY", "AGE-SECRET-KEY-1TYPO");
    const message = failure(() => loadSecrets("prod", platformSecrets, { project }));
    expect(message).toContain("SOPS_AGE_KEY holds no age private key");
    expect(message).not.toContain("1TYPO");
  });

  test("the command line gets nothing", () => {
    expect(readSecretForCli("prod", "pulumi.passphrase", { project })).toBeUndefined();
  });
});

test("a stack without a file is told how to make one", () => {
  running(true);
  expect(failure(() => loadSecrets("staging", labSecrets, { project }))).toMatch(
    /staging\.sops\.yaml: there is no such file\n {2}Fix: \.\/quay secrets init staging/,
  );
});
