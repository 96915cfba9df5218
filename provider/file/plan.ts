import { contentHash, type FileEntry } from "./entry.ts";

/** Which files have to be written, which only get other attributes, which go. */
export interface FilePlan {
  write: string[];
  adjust: string[];
  remove: string[];
}

/**
 * @param observed the wanted files as they are on the host
 * @param previous paths that the last run left
 */
export async function planFiles(
  wanted: Readonly<Record<string, FileEntry>>,
  observed: Readonly<Record<string, FileEntry>>,
  previous: readonly string[],
): Promise<FilePlan> {
  const plan: FilePlan = { write: [], adjust: [], remove: previous.filter((path) => wanted[path] === undefined) };
  for (const [path, entry] of Object.entries(wanted)) {
    const found = observed[path];
    if (!found || (await contentHash(found.content)) !== (await contentHash(entry.content))) plan.write.push(path);
    else if (found.mode !== entry.mode || found.owner !== entry.owner || found.group !== entry.group) {
      plan.adjust.push(path);
    }
  }
  return plan;
}
