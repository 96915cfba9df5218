import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { docker, type Progress } from "../engine.ts";
import { withLock } from "../lock.ts";
import { cacheRoot } from "../places.ts";

/** A file of a build context. */
export interface ContextFile {
  path: string;
  content: Buffer;
  mode: number;
}

/** How an image is built: a Dockerfile with its context, on a base image. */
export interface Recipe {
  /** Reference the image gets, for example `quayside-lab/debian:13`. */
  reference: string;
  files: ContextFile[];
  buildArgs: Record<string, string>;
  labels?: Record<string, string>;
}

const recipeLabel = "quayside.lab.recipe";

/** Files below `folder`, in a stable order, each below `under` in the context. */
export async function contextFiles(folder: string, under = ""): Promise<ContextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  paths.sort();
  return Promise.all(
    paths.map(async (path) => ({
      path: join(under, path.slice(folder.length + 1)),
      content: await readFile(path),
      mode: (await stat(path)).mode & 0o777,
    })),
  );
}

/** A hash of everything that makes the image what it is; the same recipe gives the same hash on every machine. */
export function recipeHash(recipe: Omit<Recipe, "labels">): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([recipe.reference, Object.entries(recipe.buildArgs).sort()]));
  for (const file of [...recipe.files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    // Only "executable or not" counts: a checkout's umask changes the rest.
    hash.update(JSON.stringify([file.path, (file.mode & 0o100) !== 0, file.content.length]));
    hash.update(file.content);
  }
  return hash.digest("hex").slice(0, 24);
}

/** The id of a local image, with the hash of the recipe it was made from. */
export async function builtImage(reference: string): Promise<{ id: string; recipe: string } | undefined> {
  const format = `{{.Id}} {{index .Config.Labels "${recipeLabel}"}}`;
  try {
    const [id = "", recipe = ""] = (await docker(["image", "inspect", "--format", format, reference])).split(" ");
    return { id, recipe };
  } catch {
    return undefined;
  }
}

/** Docker's `--change`/`--label` value that marks an image as made from a recipe. */
export function recipeMark(hash: string): string {
  return `${recipeLabel}=${hash}`;
}

async function writeContext(folder: string, files: ContextFile[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
    await chmod(path, (file.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/**
 * Builds the image unless one of exactly this recipe is there; returns its id. A build that was killed leaves nothing
 * that a later one would take for finished: the tag moves only at the end.
 */
export async function ensureBuilt(recipe: Recipe, progress: Progress): Promise<string> {
  const hash = recipeHash(recipe);
  const lock = join(cacheRoot(), "lab", `${recipe.reference.replace(/[^a-z0-9.]+/g, "-")}.lock`);
  return withLock(lock, async () => {
    const present = await builtImage(recipe.reference);
    if (present?.recipe === hash) return present.id;
    // One place per image: what a killed build left is overwritten, and the lock keeps others out.
    const context = lock.replace(/\.lock$/, ".context");
    await rm(context, { recursive: true, force: true });
    const started = performance.now();
    progress(`Building the image ${recipe.reference}`);
    try {
      await writeContext(context, recipe.files);
      const args = ["build", "--network", "host", "--quiet", "--tag", recipe.reference, "--label", recipeMark(hash)];
      for (const [name, value] of Object.entries(recipe.labels ?? {})) args.push("--label", `${name}=${value}`);
      for (const [name, value] of Object.entries(recipe.buildArgs)) args.push("--build-arg", `${name}=${value}`);
      const id = await docker([...args, context]);
      progress(`Built ${recipe.reference} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
      return id.split("\n").at(-1) ?? id;
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  });
}
