/** The previews of a pull request in a folder, which travels from the job that runs its code to the one that may write. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { comparePreviews, resourcesBefore } from "../plan-model/preview.ts";
import { parsePreview } from "../plan-model/take-preview.ts";
import type { StackPreview } from "./comment.ts";

/** Largest file that is read; who wrote it may not be trusted. */
const LARGEST = 32 * 1024 * 1024;

const STACK = /^[a-z][a-z0-9-]{0,62}$/;

/** What the engine printed about a stack, of the change itself or of what it is based on. */
export function savePreview(folder: string, stack: string, side: "head" | "base", json: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${stack}.${side}.json`), json);
}

/**
 * Whether a preview knew what is deployed. Without the key or the state everything is new to it, and only a comparison
 * with the base branch tells what the change does.
 */
export function knowsState(stack: string, json: string): boolean {
  return resourcesBefore(parsePreview(stack, json)).length > 0;
}

/**
 * Reads the folder's previews, each compared with the best there is.
 *
 * @throws UserError when there are none, or a file is none of its kind.
 */
export function loadPreviews(folder: string): StackPreview[] {
  const stacks = filesOf(folder).flatMap((file) => {
    const stack = file.replace(/\.head\.json$/, "");
    return stack !== file && STACK.test(stack) ? [stack] : [];
  });
  if (stacks.length === 0) {
    throw new UserError(`${folder} has no previews.`, `quay pull-request preview --out ${folder} makes them.`);
  }
  return stacks.sort().map((stack) => {
    const head = parsePreview(stack, read(folder, stack, "head") ?? "");
    if (resourcesBefore(head).length > 0) return { stack, preview: head, basis: "state" };
    const base = read(folder, stack, "base");
    if (base === undefined) return { stack, preview: head, basis: "nothing" };
    return { stack, preview: comparePreviews(parsePreview(stack, base), head), basis: "base" };
  });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new UserError(`${folder} cannot be read.`, `quay pull-request preview --out ${folder} makes it.`);
  }
}

function read(folder: string, stack: string, side: "head" | "base"): string | undefined {
  const file = join(folder, `${stack}.${side}.json`);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  if (size > LARGEST) throw new UserError(`${file} has ${size} bytes; ${LARGEST} are allowed.`);
  return readFileSync(file, "utf8");
}
