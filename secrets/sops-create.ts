import { randomBytes } from "node:crypto";
import { setValues } from "./sops.ts";
import { parseSopsFile } from "./sops-file.ts";

/** The release of sops whose format these files have. */
const FORMAT_VERSION = "3.13.3";

/**
 * Makes a new encrypted file with a fresh data key.
 *
 * @param recipients - age public keys (`age1…`); each of their owners can read and change the file.
 * @param values - From key path to text, in the order of the file.
 * @returns The file's text.
 */
export async function createSopsFile(
  file: string,
  recipients: readonly string[],
  values: ReadonlyMap<readonly string[], string>,
): Promise<string> {
  const { armor, Encrypter } = await import("age-encryption");
  const dataKey = randomBytes(32);
  const entries: string[] = [];
  for (const recipient of recipients) {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const armored = armor.encode(await encrypter.encrypt(new Uint8Array(dataKey)));
    const block = armored
      .trimEnd()
      .split("\n")
      .map((line) => `            ${line}`);
    entries.push(`        - enc: |\n${block.join("\n")}\n          recipient: ${recipient}\n`);
  }
  const empty = `sops:
    age:
${entries.join("")}    lastmodified: "1970-01-01T00:00:00Z"
    mac: ""
    unencrypted_suffix: _unencrypted
    version: ${FORMAT_VERSION}
`;
  return setValues({ file: parseSopsFile(file, empty), dataKey, leaves: [] }, values);
}
