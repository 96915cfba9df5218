import { randomUUID } from "node:crypto";
import { constants, copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Puts a program in place in one step: whoever looks sees the old one or the new one, whole, and one that runs is not
 * written to. Several may do it at once.
 */
export function installProgram(source: string, folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${name}.${randomUUID()}`);
  try {
    copyFileSync(source, temporary, constants.COPYFILE_FICLONE);
    renameSync(temporary, join(folder, name));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Puts a small text file in place in one step. */
export function installText(text: string, folder: string, name: string, mode = 0o644): void {
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${name}.${randomUUID()}`);
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, join(folder, name));
}

/** Removes leftovers of installations that were killed. */
export function sweep(folder: string): void {
  for (const entry of readdirSync(folder)) {
    if (/^\..+\.[0-9a-f]{8}-[0-9a-f-]{27}$/.test(entry)) rmSync(join(folder, entry), { force: true });
  }
}
