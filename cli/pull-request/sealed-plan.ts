/**
 * A saved plan that may lie where others can read it. Pulumi encrypts the secrets in a plan and nothing else: addresses,
 * firewall rules and file contents are in plain text. So the whole of it is encrypted, to the age keys of the stack's
 * secrets: who may read those may apply it.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { openAgeFile } from "../../secrets/age.ts";
import type { AgeIdentities } from "../../secrets/age-identities.ts";
import { UserError } from "../errors.ts";
import type { PlannedOn } from "./planned-on.ts";

export interface SavedPlan {
  stack: string;
  /** What it fits, and nothing else. */
  on: PlannedOn;
  /** As `pulumi preview --save-plan` wrote it. */
  plan: string;
  /** The stack's `encryptionsalt`: the secrets in the plan are encrypted with it. */
  salt?: string;
}

interface Envelope {
  quaysidePlan: 2;
  /** The key of `data`, encrypted to each recipient (age, ASCII-armored). */
  keys: string[];
  nonce: string;
  tag: string;
  /** AES-256-GCM. */
  data: string;
}

/** @param recipients age public keys (`age1…`); each of their owners can open it. */
export async function sealPlan(saved: SavedPlan, recipients: readonly string[]): Promise<string> {
  const { armor, Encrypter } = await import("age-encryption");
  const key = randomBytes(32);
  const keys = recipients.map(async (recipient) => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    return armor.encode(await encrypter.encrypt(new Uint8Array(key)));
  });
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const data = Buffer.concat([cipher.update(JSON.stringify(saved), "utf8"), cipher.final()]);
  const envelope: Envelope = {
    quaysidePlan: 2,
    keys: await Promise.all(keys),
    nonce: nonce.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    data: data.toString("base64"),
  };
  return `${JSON.stringify(envelope)}\n`;
}

/**
 * What proves, in the job that applies it, that it is the plan which was approved: an age key says who may read a file, not
 * who wrote it.
 */
export function digestOf(sealed: string): string {
  return createHash("sha256").update(sealed).digest("hex");
}

/** @throws UserError when it is damaged, or for other keys. */
export function openPlan(name: string, sealed: string, identities: AgeIdentities): SavedPlan {
  const envelope = parse(name, sealed);
  const key = keyOf(envelope, identities);
  if (!key) {
    const tried =
      identities.keys.length === 0 ? "no age key was found" : `none of ${identities.keys.length} keys opens it`;
    throw new UserError(
      `${name} cannot be opened: ${tried}.`,
      "Give the key of the stack's secrets: SOPS_AGE_KEY_FILE=<key file>",
    );
  }
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(envelope.nonce, "base64"), { authTagLength: 16 });
    decipher.setAuthTag(Buffer.from(envelope.tag, "base64"));
    const text = Buffer.concat([decipher.update(Buffer.from(envelope.data, "base64")), decipher.final()]);
    return JSON.parse(text.toString("utf8")) as SavedPlan;
  } catch {
    throw new UserError(`${name} is damaged: what is in it is not what was saved.`, "Save the plan again.");
  }
}

function parse(name: string, sealed: string): Envelope {
  try {
    const envelope = JSON.parse(sealed) as Partial<Envelope>;
    if (envelope.quaysidePlan === 2 && Array.isArray(envelope.keys)) return envelope as Envelope;
  } catch {
    // Said below.
  }
  throw new UserError(`${name} is no saved plan.`, "quay plan save <stack> --out <file> makes one.");
}

function keyOf({ keys }: Envelope, identities: AgeIdentities): Buffer | undefined {
  for (const wrapped of keys) {
    for (const identity of identities.keys) {
      try {
        return openAgeFile(wrapped, identity);
      } catch {
        // For another key.
      }
    }
  }
  return undefined;
}
