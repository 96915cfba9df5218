import { armor, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { beforeAll, expect, test } from "vitest";
import { AgeError, openAgeFile, parseIdentity } from "./age.ts";

let text: string;
let sealed: string;
const data = new Uint8Array(32).map((_, index) => index);

beforeAll(async () => {
  text = await generateIdentity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(await generateIdentity()));
  encrypter.addRecipient(await identityToRecipient(text));
  sealed = armor.encode(await encrypter.encrypt(data));
});

function identity(key: string) {
  const parsed = parseIdentity(key);
  if (!parsed) throw new Error("not an identity");
  return parsed;
}

test("opens what age-encryption made, as the second of two recipients", async () => {
  expect(identity(text).recipient).toBe(await identityToRecipient(text));
  expect([...openAgeFile(sealed, identity(text))]).toEqual([...data]);
});

test("another key does not open it", async () => {
  const other = identity(await generateIdentity());
  expect(() => openAgeFile(sealed, other)).toThrow(new AgeError("is not encrypted to this key"));
});

test("no altered byte goes unnoticed", () => {
  const key = identity(text);
  const bytes = Buffer.from(armor.decode(sealed));
  for (let index = 0; index < bytes.length; index += 1) {
    const altered = Buffer.from(bytes);
    altered[index] = (altered[index] ?? 0) ^ 1;
    expect(() => openAgeFile(armor.encode(altered), key), `byte ${index}`).toThrow(AgeError);
  }
  expect(() => openAgeFile(armor.encode(bytes.subarray(0, -1)), key)).toThrow(AgeError);
  expect(() => openAgeFile("nothing", key)).toThrow(AgeError);
});

test("a private key with a mistyped character is none", () => {
  const position = 20;
  const wrong = text.slice(0, position) + (text[position] === "Q" ? "P" : "Q") + text.slice(position + 1);
  expect(parseIdentity(wrong)).toBeUndefined();
  expect(parseIdentity("")).toBeUndefined();
  expect(parseIdentity("# comment")).toBeUndefined();
});
