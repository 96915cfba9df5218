import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./quay.ts";

/** By path in the repository: what a file becomes; of one that is not there, of nothing. */
export type Changes = Record<string, (text: string) => string>;

/** Makes a checkout of what is here, with changes. @returns its folder */
export function checkOut(folder: string, changes: Changes = {}): string {
  const left = new Set(["node_modules", ".git", ".state", "dist"]);
  for (const entry of readdirSync(repository).filter((entry) => !left.has(entry))) {
    cpSync(join(repository, entry), join(folder, entry), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  for (const [path, change] of Object.entries(changes)) {
    const file = join(folder, path);
    writeFileSync(file, change(readIfThere(file)));
  }
  return folder;
}

export function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
