import { type FileFacts, ownership } from "../file/facts.ts";
import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";
import type { DataFolder } from "./inputs.ts";

/** By absolute path: who owns it and may do what. */
export type Folders = Readonly<Record<string, DataFolder>>;

/** The declared folders as they are; one that is missing, or is something else, is left out. Pure. */
export function foldersAsTheyAre(declared: Folders, facts: ReadonlyMap<string, FileFacts>): Record<string, DataFolder> {
  return Object.fromEntries(
    Object.entries(declared).flatMap(([path, folder]) => {
      const found = facts.get(path);
      return found?.kind === "directory" ? [[path, { mode: found.mode, ...ownership(found, folder) }]] : [];
    }),
  );
}

/** Makes the folders that are missing, and gives those that are somebody else's to who is to have them. */
export async function putFoldersRight(
  session: Session,
  declared: Folders,
  facts: ReadonlyMap<string, FileFacts>,
): Promise<void> {
  const taken = Object.keys(declared).filter((path) => facts.has(path) && facts.get(path)?.kind !== "directory");
  if (taken.length > 0) {
    const list = taken.map((path) => `${path} is a ${facts.get(path)?.kind}`).join(", ");
    throw session.fail(`${list}, not a directory: move it away, or declare another path. What runs was not touched.`);
  }
  const there = foldersAsTheyAre(declared, facts);
  const wrong = Object.entries(declared).filter(([path, { mode, owner, group }]) => {
    const found = there[path];
    return found?.mode !== mode || found.owner !== owner || found.group !== group;
  });
  if (wrong.length === 0) return;
  const script = wrong.flatMap(([path, { mode, owner, group }]) => [
    ...(there[path] ? [] : [`mkdir -p -- ${q(path)}`]),
    `chown -h -- ${q(`${owner}:${group}`)} ${q(path)}`,
    `chmod -- ${mode} ${q(path)}`,
  ]);
  await session.change(`make ${wrong.map(([path]) => path).join(", ")}`, ["set -eu", ...script].join("\n"));
}
