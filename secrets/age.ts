import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";
import { bech32 } from "@scure/base";

/*
 * Opens the small age files (https://age-encryption.org/v1, X25519 recipients, one chunk) that sops wraps a data key in.
 * The age-encryption package does the same and more, but asynchronously and in 90 ms of every preview (import and
 * arithmetic in JavaScript); node:crypto does the arithmetic in 2 ms. Files and keys are *made* with age-encryption.
 */

/** A private age key. */
export interface AgeIdentity {
  /** The matching public key, `age1…`. */
  readonly recipient: string;
  readonly privateKey: KeyObject;
  readonly publicBytes: Buffer;
}

/** An age file that does not open; the message never holds a key. */
export class AgeError extends Error {}

const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_X25519 = Buffer.from("302a300506032b656e032100", "hex");
const VERSION = "age-encryption.org/v1";
const KEY_BYTES = 32;

/**
 * Reads a private key.
 *
 * @param text - `AGE-SECRET-KEY-1…`
 * @returns `undefined` when it is none, for instance because a character was lost.
 */
export function parseIdentity(text: string): AgeIdentity | undefined {
  const decoded = bech32.decodeUnsafe(text as `${string}1${string}`);
  const secret = decoded && bech32.fromWordsUnsafe(decoded.words);
  if (decoded?.prefix.toLowerCase() !== "age-secret-key-" || secret?.length !== KEY_BYTES) return undefined;
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_X25519, secret]), format: "der", type: "pkcs8" });
  const publicBytes = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(SPKI_X25519.length);
  const recipient = bech32.encode("age", bech32.toWords(publicBytes));
  return { recipient, privateKey, publicBytes };
}

/**
 * Decrypts an armored age file of at most one chunk (64 KiB).
 *
 * @throws AgeError when it is damaged, or not for this identity.
 */
export function openAgeFile(armored: string, identity: AgeIdentity): Buffer {
  const bytes = dearmor(armored);
  const { stanzas, authenticated, mac, payload } = parseHeader(bytes);
  const fileKey = stanzas.map((stanza) => unwrap(stanza, identity)).find((key) => key !== undefined);
  if (!fileKey) throw new AgeError("is not encrypted to this key");
  const expected = createHmac("sha256", derive(fileKey, Buffer.alloc(0), "header"))
    .update(authenticated)
    .digest();
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) throw new AgeError("has a damaged header");
  const streamKey = derive(fileKey, payload.subarray(0, 16), "payload");
  // The counter of the first chunk is zero; the last byte marks it as the last one.
  const nonce = Buffer.concat([Buffer.alloc(11), Buffer.from([1])]);
  const data = openChaCha(streamKey, nonce, payload.subarray(16));
  if (!data) throw new AgeError("has a damaged body");
  return data;
}

interface Stanza {
  readonly share: Buffer;
  readonly body: Buffer;
}

function dearmor(armored: string): Buffer {
  const match = /^-----BEGIN AGE ENCRYPTED FILE-----\n([A-Za-z0-9+/=\n]+)\n-----END AGE ENCRYPTED FILE-----$/.exec(
    armored.trim().replaceAll("\r\n", "\n"),
  );
  if (!match) throw new AgeError("is not an armored age file");
  return Buffer.from(match[1] ?? "", "base64");
}

function parseHeader(bytes: Buffer): { stanzas: Stanza[]; authenticated: Buffer; mac: Buffer; payload: Buffer } {
  const macAt = bytes.indexOf("\n--- ");
  const end = macAt < 0 ? -1 : bytes.indexOf("\n", macAt + 1);
  const [version, ...lines] = bytes.subarray(0, Math.max(macAt, 0)).toString("latin1").split("\n");
  if (end < 0 || version !== VERSION) throw new AgeError("has no age header");
  const stanzas = lines.flatMap((line, index): Stanza[] => {
    const share = /^-> X25519 ([A-Za-z0-9+/]{43})$/.exec(line)?.[1];
    return share ? [{ share: unpadded(share), body: unpadded(lines[index + 1] ?? "") }] : [];
  });
  return {
    stanzas,
    authenticated: bytes.subarray(0, macAt + "\n---".length),
    mac: unpadded(bytes.subarray(macAt + "\n--- ".length, end).toString("latin1")),
    payload: bytes.subarray(end + 1),
  };
}

/** age demands the one canonical way to write bytes; Node would also take others. */
function unpadded(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== text) throw new AgeError("has a damaged header");
  return bytes;
}

/** The file key, if the stanza is for this identity. */
function unwrap({ share, body }: Stanza, identity: AgeIdentity): Buffer | undefined {
  let shared: Buffer;
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI_X25519, share]), format: "der", type: "spki" });
    shared = diffieHellman({ privateKey: identity.privateKey, publicKey });
  } catch {
    // OpenSSL refuses points of low order, as age demands.
    return undefined;
  }
  const wrapKey = derive(shared, Buffer.concat([share, identity.publicBytes]), `${VERSION}/X25519`);
  return openChaCha(wrapKey, Buffer.alloc(12), body);
}

function derive(secret: Buffer, salt: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, KEY_BYTES));
}

function openChaCha(key: Buffer, nonce: Buffer, sealed: Buffer): Buffer | undefined {
  if (sealed.length < 16) return undefined;
  const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
}
