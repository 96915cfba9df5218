import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { isMap, isSeq, parseDocument } from "yaml";
import { committedKeyFile, findIdentities, thisMachine, userKeyFile } from "../secrets/age-identities.ts";
import { createSopsFile } from "../secrets/sops-create.ts";

/** The one stack whose private key is committed on purpose: its secrets protect nothing but containers on one machine. */
const LAB = "lab";

/** Replaces a file in one step, so that an interruption leaves the old or the new one, never half of it. */
export function replaceFile(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const handle = openSync(temporary, "w", 0o644);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Who a new file is encrypted to. */
export interface NewFileKey {
  /** Where the private key is. */
  readonly keyFile: string;
  /** The public key. */
  readonly recipient: string;
  /** Whether the key was made just now. */
  readonly created: boolean;
}

/**
 * Creates a stack's secrets file, its rule in `.sops.yaml`, and a key if there is none yet: the lab's beside its file,
 * any other in the user's own keys.txt, never in the repository.
 */
export async function createStackFile(
  stack: string,
  path: string,
  project: string,
  values: ReadonlyMap<readonly string[], string>,
): Promise<NewFileKey> {
  const key = await ownKey(stack, path);
  const rules = join(project, ".sops.yaml");
  const { text, recipients } = withRule(existsSync(rules) ? readFileSync(rules, "utf8") : "", stack, key.recipient);
  mkdirSync(dirname(path), { recursive: true });
  const file = await createSopsFile(path, recipients, values);
  replaceFile(rules, text);
  replaceFile(path, file);
  return key;
}

async function ownKey(stack: string, path: string): Promise<NewFileKey> {
  const { generateIdentity, identityToRecipient } = await import("age-encryption");
  const keyFile = stack === LAB ? committedKeyFile(path) : userKeyFile();
  // Whoever clones the project has to be able to open the lab's file, so a key of one's own is no choice there.
  if (stack !== LAB || existsSync(keyFile)) {
    const found = findIdentities(
      path,
      stack === LAB ? { ...thisMachine(), env: { SOPS_AGE_KEY_FILE: keyFile } } : undefined,
    );
    const [existing] = found.keys;
    if (existing) {
      return { keyFile: found.sources[0] ?? keyFile, recipient: existing.recipient, created: false };
    }
  }
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  const entry = `# public key: ${recipient}\n${identity}\n`;
  mkdirSync(dirname(keyFile), { recursive: true, mode: 0o700 });
  if (existsSync(keyFile)) appendFileSync(keyFile, entry);
  else writeFileSync(keyFile, entry, { mode: 0o600, flag: "wx" });
  return { keyFile, recipient, created: true };
}

/**
 * Makes sure that sops encrypts a stack's file to someone who is there: a rule that lists `recipient` is kept with all
 * its recipients; a rule without it (from whoever published the project) is changed to `recipient` alone.
 */
export function withRule(
  text: string,
  stack: string,
  recipient: string,
): { readonly text: string; readonly recipients: readonly string[] } {
  const document = parseDocument(text || "creation_rules: []\n");
  const regex = `^secrets/${stack}\\.sops\\.yaml$`;
  const rules = document.get("creation_rules");
  const rule = isSeq(rules) ? rules.items.find((item) => isMap(item) && item.get("path_regex") === regex) : undefined;
  if (isMap(rule)) {
    const listed = String(rule.get("age") ?? "")
      .split(",")
      .map((entry) => entry.trim())
      .filter(Boolean);
    if (listed.includes(recipient)) return { text: document.toString({ lineWidth: 0 }), recipients: listed };
    rule.set("age", recipient);
  } else if (isSeq(rules)) {
    rules.flow = false;
    rules.add(document.createNode({ path_regex: regex, age: recipient }));
  } else {
    document.set("creation_rules", document.createNode([{ path_regex: regex, age: recipient }]));
  }
  return { text: document.toString({ lineWidth: 0 }), recipients: [recipient] };
}
