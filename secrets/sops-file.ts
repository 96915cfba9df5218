import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type YAMLMap } from "yaml";
import { SecretsError } from "./errors.ts";
import { encryptionRule } from "./sops-rules.ts";
import { formatFloat, type SopsValue } from "./sops-values.ts";

/** One age recipient of a file: its public key and the data key, encrypted to it (ASCII-armored). */
export interface SopsRecipient {
  readonly recipient: string;
  readonly enc: string;
}

/** What sops keeps about a file, in the file, in clear. */
export interface SopsMetadata {
  readonly recipients: readonly SopsRecipient[];
  /** RFC 3339; authenticated together with the MAC. */
  readonly lastModified: string;
  /** The encrypted MAC; empty when the file has none. */
  readonly mac: string;
  readonly macOnlyEncrypted: boolean;
}

/** A scalar of the file, before decryption. */
export interface SopsLeaf {
  /** Mapping keys and list positions. */
  readonly path: readonly (string | number)[];
  /** Mapping keys only: what sops authenticates with the value. */
  readonly keyPath: readonly string[];
  /** Whether the file's rules say that this value is encrypted. */
  readonly encrypted: boolean;
  /** The ciphertext, or the text in clear. */
  readonly text: string;
  /** The value in clear, for values that the rules leave unencrypted. `undefined`: null. */
  readonly clear: SopsValue | undefined;
}

/** A parsed, still encrypted file. */
export interface SopsFile {
  readonly file: string;
  /** The YAML document, kept so that a change leaves everything else as it was. */
  readonly document: Document;
  readonly metadata: SopsMetadata;
  /** In the order of the file, which the MAC depends on. */
  readonly leaves: readonly SopsLeaf[];
}

const RESTORE = (file: string) =>
  `restore the last good version (git log --oneline -- ${file}; git checkout <commit> -- ${file}) and change it only with sops or quay secrets`;

function unreadable(file: string, problem: string, remedy = RESTORE(file)): SecretsError {
  return new SecretsError("unreadable", file, [{ problem, remedy }]);
}

/**
 * Parses a YAML file written by sops. Nothing is decrypted.
 *
 * Scalars are read as sops (Go's yaml.v3) reads them. Where the two YAML dialects could disagree about an unencrypted
 * value, the file is refused instead of guessed at.
 *
 * @param file - Name used in errors.
 * @throws SecretsError kind `unreadable`.
 */
export function parseSopsFile(file: string, text: string): SopsFile {
  // failsafe: every scalar stays text; prettyErrors would quote the file's lines in errors.
  const document = parseDocument(text, { schema: "failsafe", prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const line = text.slice(0, error.pos[0]).split("\n").length;
    throw unreadable(file, `line ${line} is not valid YAML (${error.code}): the file is damaged or truncated`);
  }
  const root = document.contents;
  if (!isMap(root)) throw unreadable(file, "does not hold a mapping of secrets");
  const sops = root.get("sops", true) as unknown;
  if (!isMap(sops)) {
    throw unreadable(
      file,
      'has no "sops" block: it is not encrypted, or it was truncated',
      `if it holds secrets in clear, encrypt it (sops encrypt --in-place ${file}) and replace every secret that was committed; otherwise ${RESTORE(file)}`,
    );
  }
  const metadata = parseMetadata(file, sops);
  const mustEncrypt = encryptionRule(file, (name) => scalarText(sops.get(name, true)));
  const leaves: SopsLeaf[] = [];
  for (const pair of root.items) {
    if (isScalar(pair.key) && pair.key.value === "sops") continue;
    walkPair(file, pair, [], [], mustEncrypt, leaves);
  }
  return { file, document, metadata, leaves };
}

function parseMetadata(file: string, sops: YAMLMap): SopsMetadata {
  if (sops.has("key_groups") || sops.has("shamir_threshold")) {
    throw unreadable(file, "uses sops key groups, which are not supported here", "encrypt it to plain age recipients");
  }
  const age = sops.get("age", true) as unknown;
  const recipients = (isSeq(age) ? age.items : []).flatMap((item) => {
    if (!isMap(item)) return [];
    const recipient = scalarText(item.get("recipient", true));
    const enc = scalarText(item.get("enc", true));
    return recipient && enc ? [{ recipient, enc }] : [];
  });
  if (recipients.length === 0) {
    throw unreadable(file, "names no age recipient, so nobody can decrypt it with an age key");
  }
  const lastModified = scalarText(sops.get("lastmodified", true)) ?? "";
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[-+]\d\d:\d\d)$/.test(lastModified)) {
    throw unreadable(file, "sops.lastmodified is missing or not a time");
  }
  const macOnlyEncrypted = scalarText(sops.get("mac_only_encrypted", true)) === "true";
  return { recipients, lastModified, mac: scalarText(sops.get("mac", true)) ?? "", macOnlyEncrypted };
}

function scalarText(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}

type MustEncrypt = (keyPath: readonly string[]) => boolean;

function walkPair(
  file: string,
  pair: Pair,
  path: readonly (string | number)[],
  keyPath: readonly string[],
  mustEncrypt: MustEncrypt,
  leaves: SopsLeaf[],
): void {
  const { key } = pair;
  if (!isScalar(key) || typeof key.value !== "string" || key.tag || resolvePlain(key as Scalar<string>) !== "str") {
    throw unreadable(file, `a key under ${path.join(".") || "the top level"} is not a plain name`);
  }
  walk(file, pair.value, [...path, key.value], [...keyPath, key.value], mustEncrypt, leaves);
}

function walk(
  file: string,
  node: unknown,
  path: readonly (string | number)[],
  keyPath: readonly string[],
  mustEncrypt: MustEncrypt,
  leaves: SopsLeaf[],
): void {
  if (isMap(node) && !node.tag) {
    for (const pair of node.items) walkPair(file, pair, path, keyPath, mustEncrypt, leaves);
  } else if (isSeq(node) && !node.tag) {
    for (const [index, item] of node.items.entries()) walk(file, item, [...path, index], keyPath, mustEncrypt, leaves);
  } else if (node === null) {
    leaves.push({ path, keyPath, encrypted: false, text: "", clear: undefined });
  } else if (isScalar(node) && typeof node.value === "string" && !node.tag) {
    leaves.push(leafOf(file, node as Scalar<string>, path, keyPath, mustEncrypt(keyPath)));
  } else {
    throw unreadable(file, `${path.join(".")}: aliases, anchors and tags are not supported in a secrets file`);
  }
}

function leafOf(
  file: string,
  node: Scalar<string>,
  path: readonly (string | number)[],
  keyPath: readonly string[],
  mustEncrypt: boolean,
): SopsLeaf {
  const text = node.value;
  const kind = resolvePlain(node);
  // Like sops: nothing is null, encrypted or not, and null is not part of the MAC.
  if (kind === "null") return { path, keyPath, encrypted: false, text: "", clear: undefined };
  if (mustEncrypt) return { path, keyPath, encrypted: true, text, clear: undefined };
  if (kind === "ambiguous") {
    throw unreadable(
      file,
      `${path.join(".")}: this unencrypted value means different things in different YAML versions`,
      `write it in quotes: sops ${file}`,
    );
  }
  return { path, keyPath, encrypted: false, text, clear: { type: kind, text: canonicalClear(kind, text) } };
}

function canonicalClear(kind: "str" | "int" | "float" | "bool", text: string): string {
  switch (kind) {
    case "int":
      return BigInt(text.replace("+", "")).toString();
    case "float":
      return formatFloat(Number(text));
    case "bool":
      return text.toLowerCase() === "true" ? "True" : "False";
    default:
      return text;
  }
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** What Go's yaml.v3 makes of a scalar, or "ambiguous" where it is not worth imitating (octal, dates, infinities). */
function resolvePlain(node: Scalar<string>): "str" | "int" | "float" | "bool" | "null" | "ambiguous" {
  if (node.type !== "PLAIN") return "str";
  const text = node.value;
  if (/^(|~|null|Null|NULL)$/.test(text)) return "null";
  if (/^(true|True|TRUE|false|False|FALSE)$/.test(text)) return "bool";
  if (text === "<<") return "ambiguous";
  if (/^[-+]?(0|[1-9]\d*)$/.test(text)) {
    const value = BigInt(text.replace("+", ""));
    return value >= INT64.min && value <= INT64.max ? "int" : "ambiguous";
  }
  if (/^[-+]?0[xXoObB\d_]/.test(text) || /^[-+]?[\d.][\d_.]*_/.test(text)) return "ambiguous";
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) return "float";
  if (/^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/.test(text)) return "ambiguous";
  if (/^\d{4}-\d{1,2}-\d{1,2}([Tt ]|$)/.test(text)) return "ambiguous";
  return "str";
}
