import { generateEd25519 } from "./ed25519.ts";

/** Whether a text is a PEM-armoured private key, complete from its first to its last line. */
export function isPrivateKeyText(text: string): boolean {
  const match = /^-----BEGIN ((?:OPENSSH |RSA |EC )?PRIVATE KEY)-----\r?\n([\s\S]+)\r?\n-----END \1-----\s*$/.exec(
    text,
  );
  return match !== null && !/^Proc-Type:.*ENCRYPTED/m.test(match[2] ?? "");
}

/** A fresh Ed25519 key in OpenSSH's own form. */
export async function generateSshPrivateKey(): Promise<string> {
  return (await generateEd25519("quayside")).privateKey;
}

/** Stands for the private key when secrets cannot be decrypted; always the same. */
export const PLACEHOLDER_PRIVATE_KEY =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nplaceholder\n-----END OPENSSH PRIVATE KEY-----\n";

/** A well-formed public key that belongs to nobody (its 32 bytes are text, and no one has the matching private key). */
const PLACEHOLDER_PUBLIC_KEY = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from("ssh-ed25519"),
  Buffer.from([0, 0, 0, 32]),
  Buffer.from("placeholder-placeholder-placehol"),
]).toString("base64")} placeholder`;

/**
 * The public half of a private SSH key, as a line for `authorized_keys`.
 *
 * @returns For a placeholder, a placeholder of the right form.
 * @throws TypeError when the key cannot be read; the message does not hold it.
 */
export async function sshPublicKeyOf(privateKey: string): Promise<string> {
  if (privateKey === PLACEHOLDER_PRIVATE_KEY) return PLACEHOLDER_PUBLIC_KEY;
  const { default: ssh2 } = await import("ssh2");
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw new TypeError("the private SSH key is damaged or has a passphrase");
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")} ${parsed.comment || "quayside"}`;
}
