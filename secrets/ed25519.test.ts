import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { generateEd25519, isWhole } from "./ed25519.ts";

test("a pair that lost a byte is told from a whole one", () => {
  const raw = () => {
    const { public: publicKey, private: privateKey } = ssh2.utils.generateKeyPairSync("ed25519");
    return { publicKey, privateKey };
  };
  let pair = raw();
  let tries = 1;
  for (; isWhole(pair) && tries < 5000; tries++) pair = raw();
  expect(isWhole(pair), `after ${tries} pairs`).toBe(false);
});

test("what is made is whole, and signs what its other half verifies", async () => {
  const pairs = await Promise.all(Array.from({ length: 1000 }, () => generateEd25519("host")));
  expect(pairs.every(({ publicKey }) => /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\S{43} host$/.test(publicKey))).toBe(
    true,
  );
  const [pair = { publicKey: "", privateKey: "" }] = pairs;
  const [open, closed] = [ssh2.utils.parseKey(pair.publicKey), ssh2.utils.parseKey(pair.privateKey)];
  if (open instanceof Error || closed instanceof Error) throw new Error("not readable");
  expect(open.verify("text", closed.sign("text"))).toBe(true);
});
