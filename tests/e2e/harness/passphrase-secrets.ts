import { generateIdentity, identityToRecipient } from "age-encryption";
import { createSopsFile } from "../../../secrets/sops-create.ts";

/** A secrets file with nothing but the passphrase of a stack's state, and the key that opens it. */
export async function passphraseSecrets(path: string): Promise<{ key: string; text: string }> {
  const key = await generateIdentity();
  const values = new Map([[["pulumi", "passphrase"], "a passphrase for this test"]]);
  return { key, text: await createSopsFile(path, [await identityToRecipient(key)], values) };
}
