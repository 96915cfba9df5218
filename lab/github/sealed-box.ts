/** libsodium's sealed boxes, which clients encrypt Actions secrets in. */
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa";
import { x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";

export interface BoxKeyPair {
  publicKey: Uint8Array;
  privateKey: Uint8Array;
}

export function newBoxKeyPair(): BoxKeyPair {
  const privateKey = x25519.utils.randomSecretKey();
  return { privateKey, publicKey: x25519.getPublicKey(privateKey) };
}

/** Encrypts for whoever has the private key of `publicKey`. */
export function seal(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const ephemeral = newBoxKeyPair();
  const box = cipher(ephemeral.privateKey, publicKey, ephemeral.publicKey, publicKey).encrypt(message);
  return Buffer.concat([ephemeral.publicKey, box]);
}

/** @throws Error when it was sealed for another key, or altered. */
export function openSealed(sealed: Uint8Array, { publicKey, privateKey }: BoxKeyPair): Uint8Array {
  const ephemeral = sealed.subarray(0, 32);
  return cipher(privateKey, ephemeral, ephemeral, publicKey).decrypt(sealed.subarray(32));
}

/** crypto_box: X25519, HSalsa20, XSalsa20-Poly1305, with the nonce that crypto_box_seal derives from both keys. */
function cipher(ours: Uint8Array, theirs: Uint8Array, ephemeral: Uint8Array, receiver: Uint8Array) {
  const nonce = blake2b(Buffer.concat([ephemeral, receiver]), { dkLen: 24 });
  const key = new Uint32Array(8);
  hsalsa(words("expand 32-byte k"), words(x25519.getSharedSecret(ours, theirs)), new Uint32Array(4), key);
  return xsalsa20poly1305(new Uint8Array(key.buffer), nonce);
}

function words(bytes: Uint8Array | string): Uint32Array {
  return new Uint32Array(Uint8Array.from(typeof bytes === "string" ? Buffer.from(bytes) : bytes).buffer);
}
