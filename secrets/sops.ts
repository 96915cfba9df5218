import { createHash, timingSafeEqual } from "node:crypto";
import { type Document, isMap, isScalar, Pair, Scalar, YAMLMap } from "yaml";
import { AgeError, openAgeFile } from "./age.ts";
import { type AgeIdentities, describeSources } from "./age-identities.ts";
import { SecretsError } from "./errors.ts";
import { parseSopsFile, type SopsFile, type SopsLeaf } from "./sops-file.ts";
import { encryptionRule } from "./sops-rules.ts";
import { additionalData, decryptValue, encryptValue, type SopsValue, UndecryptableError } from "./sops-values.ts";

/** A value of a verified file. */
export interface OpenLeaf {
  /** Mapping keys and list positions. */
  readonly path: readonly (string | number)[];
  /** The value in clear; `undefined`: null. */
  readonly value: SopsValue | undefined;
  /** Whether the file keeps it encrypted. */
  readonly encrypted: boolean;
}

/** A decrypted file whose MAC was verified. */
export interface OpenSopsFile {
  readonly file: SopsFile;
  readonly dataKey: Buffer;
  readonly leaves: readonly OpenLeaf[];
}

/** Starts the MAC when it covers encrypted values only, so that the two kinds of MAC never match (from sops). */
const MAC_ONLY_ENCRYPTED = Buffer.from("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69", "hex");

/**
 * Decrypts a file and verifies its MAC, as `sops decrypt` does.
 *
 * @throws SecretsError kind `wrong-key` when none of the identities is a recipient, `tampered` when a value or the MAC
 * does not verify, `unreadable` when the data key is damaged.
 */
export function openSopsFile(file: SopsFile, identities: AgeIdentities): OpenSopsFile {
  const dataKey = unwrapDataKey(file, identities);
  const leaves = decryptLeaves(file, dataKey);
  verifyMac(file, dataKey, leaves);
  return { file, dataKey, leaves };
}

function unwrapDataKey(file: SopsFile, identities: AgeIdentities): Buffer {
  for (const identity of identities.keys) {
    const entry = file.metadata.recipients.find(({ recipient }) => recipient === identity.recipient);
    if (!entry) continue;
    let dataKey: Buffer;
    try {
      dataKey = openAgeFile(entry.enc, identity);
    } catch (error) {
      if (!(error instanceof AgeError)) throw error;
      throw tampered(file.file, [`the data key encrypted to ${identity.recipient} ${error.message}`]);
    }
    if (dataKey.length !== 32) {
      throw tampered(file.file, [`the data key encrypted to ${identity.recipient} has a wrong length`]);
    }
    return dataKey;
  }
  const recipients = file.metadata.recipients.map((entry) => entry.recipient).join(", ");
  throw new SecretsError("wrong-key", file.file, [
    {
      problem: `is encrypted to ${recipients}; none of the ${identities.keys.length} private key(s) found in ${describeSources(identities)} belongs to it`,
      remedy:
        "use the right key (SOPS_AGE_KEY_FILE=<file>), or have someone who can decrypt the file add your public key to .sops.yaml and run sops updatekeys",
    },
  ]);
}

function decryptLeaves(file: SopsFile, dataKey: Buffer): OpenLeaf[] {
  const broken: string[] = [];
  const leaves: OpenLeaf[] = [];
  for (const leaf of file.leaves) {
    try {
      const value = leafValue(leaf, dataKey);
      // In lists, sops keeps encrypted comments as items; they are neither values nor part of the MAC.
      if (value?.type !== "comment") leaves.push({ path: leaf.path, value, encrypted: leaf.encrypted });
    } catch (error) {
      if (!(error instanceof UndecryptableError)) throw error;
      broken.push(`${leaf.path.join(".")} ${error.message}`);
    }
  }
  if (broken.length > 0) throw tampered(file.file, broken);
  return leaves;
}

function leafValue(leaf: SopsLeaf, dataKey: Buffer): SopsValue | undefined {
  if (!leaf.encrypted) return leaf.clear;
  if (leaf.text === "") return { type: "str", text: "" };
  return decryptValue(leaf.text, dataKey, additionalData(leaf.keyPath));
}

function verifyMac(file: SopsFile, dataKey: Buffer, leaves: readonly OpenLeaf[]): void {
  if (file.metadata.mac === "") throw tampered(file.file, ["it has no MAC"]);
  let stored: string;
  try {
    stored = decryptValue(file.metadata.mac, dataKey, file.metadata.lastModified).text;
  } catch {
    throw tampered(file.file, ["sops.mac or sops.lastmodified was altered"]);
  }
  const computed = computeMac(leaves, file.metadata.macOnlyEncrypted);
  const same = stored.length === computed.length && timingSafeEqual(Buffer.from(stored), Buffer.from(computed));
  if (!same) throw tampered(file.file, ["its values are not those that its MAC was made for"]);
}

/**
 * The MAC of sops: SHA-512 over the text of all values in the order of the file, without separators, keys, nulls or
 * comments.
 *
 * @returns Upper-case hexadecimal.
 */
export function computeMac(leaves: readonly OpenLeaf[], macOnlyEncrypted: boolean): string {
  const hash = createHash("sha512");
  if (macOnlyEncrypted) hash.update(MAC_ONLY_ENCRYPTED);
  for (const { value, encrypted } of leaves) {
    if (value && (encrypted || !macOnlyEncrypted)) hash.update(value.text);
  }
  return hash.digest("hex").toUpperCase();
}

function tampered(file: string, problems: readonly string[]): SecretsError {
  return new SecretsError("tampered", file, [
    {
      problem: `the integrity check failed, nothing of it is used: ${problems.join("; ")}`,
      remedy: `see who changed it (git log -p -- ${file}), restore the last good version (git checkout <commit> -- ${file}) and make changes only with sops or quay secrets`,
    },
  ]);
}

/**
 * Sets text values in an open file.
 *
 * @param changes - From key path to the new text.
 * @param now - Becomes `sops.lastmodified`.
 * @returns The whole new file, encrypted, MAC renewed. Everything not changed keeps its ciphertext and comments.
 * @throws RangeError when a path leads through a value or a list, or the file's rules would leave it in clear.
 */
export function setValues(
  open: OpenSopsFile,
  changes: ReadonlyMap<readonly string[], string>,
  now: Date = new Date(),
): string {
  const { file, dataKey } = open;
  const document = file.document.clone();
  const sops = document.get("sops", true) as unknown as YAMLMap;
  const mustEncrypt = encryptionRule(file.file, (name) => scalarText(sops, name));
  for (const [path, text] of changes) {
    if (!mustEncrypt(path)) throw new RangeError(`the rules of ${file.file} would leave ${path.join(".")} unencrypted`);
    placeScalar(
      document.contents as unknown as YAMLMap,
      path,
      encryptValue({ type: "str", text }, dataKey, additionalData(path)),
    );
  }
  const draft = parseSopsFile(file.file, print(document));
  const lastModified = now.toISOString().replace(/\.\d+Z$/, "Z");
  const mac = computeMac(decryptLeaves(draft, dataKey), file.metadata.macOnlyEncrypted);
  sops.set("mac", plain(encryptValue({ type: "str", text: mac }, dataKey, lastModified)));
  sops.set("lastmodified", quoted(lastModified));
  const result = print(document);
  // What is about to replace the only copy of these secrets has to open again.
  const written = parseSopsFile(file.file, result);
  verifyMac(written, dataKey, decryptLeaves(written, dataKey));
  return result;
}

/** As sops writes YAML: four spaces, no line folding, blocks of text two spaces less than the library would. */
function print(document: Document): string {
  return document
    .toString({ indent: 4, lineWidth: 0 })
    .replace(/^ {14}-----BEGIN AGE[\s\S]*?-----END AGE ENCRYPTED FILE-----$/gm, (block) =>
      block.replace(/^ {2}/gm, ""),
    );
}

function scalarText(map: YAMLMap, name: string): string | undefined {
  const value = map.get(name);
  return typeof value === "string" ? value : undefined;
}

function plain(text: string): Scalar {
  return Object.assign(new Scalar(text), { type: text === "" ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN });
}

function quoted(text: string): Scalar {
  return Object.assign(new Scalar(text), { type: Scalar.QUOTE_DOUBLE });
}

function placeScalar(root: YAMLMap, path: readonly string[], ciphertext: string): void {
  let map = root;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    let next = map.get(key, true) as unknown;
    if (next === undefined || (isScalar(next) && next.value === null)) {
      next = new YAMLMap();
      insert(map, root, key, next);
    }
    if (!isMap(next)) throw new RangeError(`${path.slice(0, depth + 1).join(".")} is not a group of secrets`);
    map = next as YAMLMap;
  }
  const name = path.at(-1) ?? "";
  const existing = map.get(name, true) as unknown;
  if (existing !== undefined && !isScalar(existing)) throw new RangeError(`${path.join(".")} is a group of secrets`);
  if (existing) map.set(name, plain(ciphertext));
  else insert(map, root, name, plain(ciphertext));
}

/** Appends a pair; in the top-level mapping before the sops block, which sops keeps last. */
function insert(map: YAMLMap, root: YAMLMap, key: string, value: unknown): void {
  const pair = new Pair(plain(key), value);
  const end = map === root ? map.items.findIndex((item) => isScalar(item.key) && item.key.value === "sops") : -1;
  map.items.splice(end < 0 ? map.items.length : end, 0, pair);
}
