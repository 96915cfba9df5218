import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** The types that sops records for an encrypted value (`type:` in `ENC[AES256_GCM,…]`). */
export type SopsType = "str" | "int" | "float" | "bool" | "bytes" | "time" | "comment";

/** A value in clear, with the type that sops recorded for it. */
export interface SopsValue {
  readonly type: SopsType;
  /** The canonical text, which is also what the file's MAC is computed over (`True`, `42`, `0.5`, …). */
  readonly text: string;
}

const ENCRYPTED = /^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]$/s;
const TYPES: readonly string[] = ["str", "int", "float", "bool", "bytes", "time", "comment"];
const TAG_BYTES = 16;
/** sops uses a nonce of 32 bytes, not GCM's usual 12. */
const NONCE_BYTES = 32;

/** A ciphertext that does not open; the message never holds key, ciphertext or plaintext. */
export class UndecryptableError extends Error {}

/** Whether `text` has the shape of a value encrypted by sops. */
export function isEncrypted(text: string): boolean {
  return ENCRYPTED.test(text);
}

/**
 * What sops authenticates with each value: the names of the mappings on the way to it, so that a value cannot be moved
 * to another key. Positions in lists are not part of it; the MAC covers those.
 */
export function additionalData(keyPath: readonly string[]): string {
  return `${keyPath.join(":")}:`;
}

/**
 * Opens one encrypted value.
 *
 * @param aad - See {@link additionalData}; for the MAC, the `lastmodified` text.
 * @throws UndecryptableError when the value was altered, moved, or belongs to another data key.
 */
export function decryptValue(ciphertext: string, dataKey: Buffer, aad: string): SopsValue {
  const match = ENCRYPTED.exec(ciphertext);
  if (!match) throw new UndecryptableError("is not encrypted");
  const [, data = "", iv = "", tag = "", type = ""] = match;
  if (!TYPES.includes(type)) throw new UndecryptableError("has a type that sops does not know");
  const tagBytes = Buffer.from(tag, "base64");
  // Node would accept tags down to 4 bytes, which are easy to forge.
  if (tagBytes.length !== TAG_BYTES) throw new UndecryptableError("has a damaged authentication tag");
  let clear: Buffer;
  try {
    const decipher = createDecipheriv("aes-256-gcm", dataKey, Buffer.from(iv, "base64"), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad)).setAuthTag(tagBytes);
    clear = Buffer.concat([decipher.update(Buffer.from(data, "base64")), decipher.final()]);
  } catch {
    throw new UndecryptableError("was altered or moved from another key");
  }
  return { type: type as SopsType, text: canonical(type as SopsType, clear) };
}

/** Encrypts one value the way sops does, with a fresh random nonce. An empty string stays empty, as in sops. */
export function encryptValue(value: SopsValue, dataKey: Buffer, aad: string): string {
  if (value.text === "") return "";
  const iv = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(aad));
  const data = Buffer.concat([cipher.update(value.text, "utf8"), cipher.final()]).toString("base64");
  const tag = cipher.getAuthTag().toString("base64");
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString("base64")},tag:${tag},type:${value.type}]`;
}

/**
 * The type is not authenticated by sops, so each value is brought to the form that its claimed type would be written
 * in: a string relabelled as a number then no longer matches the MAC.
 */
function canonical(type: SopsType, clear: Buffer): string {
  const text = clear.toString("utf8");
  switch (type) {
    case "int":
      if (!/^[-+]?\d+$/.test(text)) throw new UndecryptableError("is marked as an integer and is none");
      return BigInt(text.replace("+", "")).toString();
    case "float":
      return formatFloat(Number(text));
    case "bool":
      if (/^(1|t|T|TRUE|true|True)$/.test(text)) return "True";
      if (/^(0|f|F|FALSE|false|False)$/.test(text)) return "False";
      throw new UndecryptableError("is marked as a boolean and is none");
    default:
      return text;
  }
}

/** Go's `strconv.FormatFloat(value, 'f', -1, 64)`: the shortest digits that round-trip, never an exponent. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
