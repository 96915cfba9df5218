import { randomBytes, randomInt } from "node:crypto";
import { generateSshPrivateKey, isPrivateKeyText, PLACEHOLDER_PRIVATE_KEY } from "./ssh-key.ts";

/** What a secret has to look like, and how one is made. */
export interface SecretFormat {
  /** Completes "expected …": "at least 32 printable characters without spaces". */
  readonly expected: string;
  /** Whether a value has this format. */
  matches(value: string): boolean;
  /** A value that has the format and that nobody takes for a real one; always the same. */
  readonly placeholder: string;
  /** Makes a fresh value; absent for what only someone else can issue (an API token). */
  readonly generate?: () => string | Promise<string>;
}

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function randomText(length: number, alphabet = ALPHANUMERIC): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

function fill(length: number, text = "placeholder"): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length);
}

/** Whether a token or password is the placeholder that a preview without the key is given. */
export function isPlaceholder(value: string): boolean {
  return value !== "" && value === fill(value.length);
}

/**
 * A password. Made of letters and digits only, so that it needs no quoting in connection strings.
 *
 * @param length - Least length, and the length of generated ones, in characters.
 */
export function password(length = 32): SecretFormat {
  return {
    expected: `at least ${length} printable ASCII characters without spaces`,
    matches: (value) => value.length >= length && /^[!-~]+$/.test(value),
    placeholder: fill(length),
    generate: () => randomText(length),
  };
}

/**
 * Random bytes in lower-case hexadecimal.
 *
 * @param bytes - How many; the text is twice as long.
 */
export function hex(bytes = 32): SecretFormat {
  return {
    expected: `${bytes * 2} hexadecimal digits`,
    matches: (value) => value.length === bytes * 2 && /^[0-9a-f]+$/i.test(value),
    placeholder: Buffer.from(fill(bytes)).toString("hex"),
    generate: () => randomBytes(bytes).toString("hex"),
  };
}

/** A key with a fixed prefix, such as LiteLLM's `sk-…`, followed by at least `length` letters, digits, `-` or `_`. */
export function prefixed(prefix: string, length = 32): SecretFormat {
  return {
    expected: `"${prefix}" and at least ${length} letters, digits, "-" or "_"`,
    matches: (value) =>
      value.startsWith(prefix) && value.length >= prefix.length + length && /^[\w-]+$/.test(value.slice(prefix.length)),
    placeholder: prefix + fill(length),
    generate: () => prefix + randomText(length),
  };
}

/** A token that a provider issues: exactly `length` letters and digits. Cannot be generated. */
export function issuedToken(length: number): SecretFormat {
  return {
    expected: `exactly ${length} letters and digits`,
    matches: (value) => value.length === length && /^[A-Za-z0-9]+$/.test(value),
    placeholder: fill(length),
  };
}

/** Something that a provider issues, of at least `length` characters and no form that is promised. Cannot be generated. */
export function issued(length: number): SecretFormat {
  const { expected, matches, placeholder } = password(length);
  return { expected, matches, placeholder };
}

/** The private key of an age identity. Cannot be generated here: its public key has to be among the file's recipients. */
export function ageIdentity(): SecretFormat {
  return {
    expected: 'a private age key ("AGE-SECRET-KEY-1…")',
    matches: (value) => /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/.test(value),
    placeholder: `AGE-SECRET-KEY-1${fill(58, "Q")}`,
  };
}

/** An unencrypted private SSH key (Ed25519 when generated), in OpenSSH's own form. */
export function sshPrivateKey(): SecretFormat {
  return {
    expected: "a private SSH key without passphrase (-----BEGIN … PRIVATE KEY-----)",
    matches: isPrivateKeyText,
    placeholder: PLACEHOLDER_PRIVATE_KEY,
    generate: generateSshPrivateKey,
  };
}
