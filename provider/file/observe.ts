import type { AssetValue } from "../engine/values.ts";
import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";
import { contentHash, type FileEntry } from "./entry.ts";
import { type FileFacts, observeFacts, ownership, parseFacts } from "./facts.ts";

/** What differs is shown up to this size; beyond it, its hash has to do. */
const SHOWN_BYTES = 256 * 1024;

/**
 * What of the wanted files is on the host, in the words of the declaration. Content that is as wanted does not travel:
 * its hash is enough.
 */
export async function observeEntries(
  session: Session,
  wanted: Readonly<Record<string, FileEntry>>,
): Promise<Record<string, FileEntry>> {
  const paths = Object.keys(wanted);
  if (paths.length === 0) return {};
  const doing = paths.length === 1 ? `read ${paths[0]}` : `read ${paths.length} files`;
  const facts = parseFacts(await session.read(doing, { parts: paths, join: observeFacts }));
  const different: string[] = [];
  for (const [path, entry] of Object.entries(wanted)) {
    const found = facts.get(path);
    if (found?.kind === "directory" || found?.kind === "other") {
      throw session.fail(`${path} is there, but not as a file: move it away, or declare another path.`);
    }
    if (found?.kind === "file" && found.size <= SHOWN_BYTES && found.sha256 !== (await contentHash(entry.content))) {
      different.push(path);
    }
  }
  const contents = await readContents(session, different);
  const observed: Record<string, FileEntry> = {};
  for (const [path, entry] of Object.entries(wanted)) {
    const found = facts.get(path);
    if (!found) continue;
    const same = found.sha256 !== undefined && found.sha256 === (await contentHash(entry.content));
    observed[path] = {
      content: same ? entry.content : describeContent(found, contents.get(path), entry.content),
      mode: found.mode,
      ...ownership(found, entry),
    };
  }
  return observed;
}

async function readContents(session: Session, paths: string[]): Promise<Map<string, Buffer>> {
  if (paths.length === 0) return new Map();
  const script = paths.map((path) => `base64 -w0 -- ${q(path)} 2>/dev/null; echo`).join("\n");
  const lines = (await session.read(`read ${paths.join(", ")}`, script)).split("\n");
  return new Map(paths.map((path, index) => [path, Buffer.from(lines[index] ?? "", "base64")]));
}

/** Other content than the declared one, as text that can be shown. */
export function describeContent(facts: FileFacts, bytes: Buffer | undefined, declared: string | AssetValue): string {
  if (facts.kind === "symbolic link") return "(a symbolic link)";
  const text = bytes?.toString("utf8");
  const readable = text !== undefined && text !== declared && !text.includes("\0") && !text.includes("\uFFFD");
  return readable ? text : `(${facts.size} bytes with SHA-256 ${facts.sha256})`;
}
