import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeHostKey, fingerprint, KnownHosts, normaliseHostKey } from "./host-keys.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS";

test("a key is the same with and without its comment, and from the wire", () => {
  expect(normaliseHostKey(`${key} root@core\n`)).toBe(key);
  expect(encodeHostKey(Buffer.from(key.split(" ")[1] ?? "", "base64"))).toBe(key);
});

test("its fingerprint is the one that ssh-keygen prints", () => {
  expect(fingerprint(key)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});

test("recorded keys are found by address and port, in OpenSSH's format, in a file of our own", () => {
  const file = join(mkdtempSync(join(tmpdir(), "known-")), "folder", "known_hosts");
  const known = new KnownHosts(file);
  expect(known.lookup("203.0.113.10", 22)).toBeUndefined();
  known.record("203.0.113.10", 22, key);
  known.record("203.0.113.10", 804, `${key.slice(0, -2)}AA`);
  expect(known.lookup("203.0.113.10", 22)).toBe(key);
  expect(known.lookup("203.0.113.10", 804)).toBe(`${key.slice(0, -2)}AA`);
  expect(known.lookup("203.0.113.1", 22)).toBeUndefined();
  expect(readFileSync(file, "utf8").split("\n")[1]).toMatch(/^\[203\.0\.113\.10\]:804 ssh-ed25519 /);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
