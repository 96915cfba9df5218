import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MeshReleases } from "../../components/mesh/releases.ts";
import { labRoot } from "../places.ts";

const file = (): string => join(labRoot(), "mesh-releases.json");

/** Remembers that this lab can have a mesh: where its hosts fetch Headscale and Tailscale. */
export function offerMesh(releases: MeshReleases): void {
  mkdirSync(dirname(file()), { recursive: true });
  writeFileSync(file(), JSON.stringify(releases));
}

/** What `quay lab start --mesh` has built for the lab's hosts; undefined for a lab without a mesh. */
export function offeredMesh(): MeshReleases | undefined {
  return existsSync(file()) ? (JSON.parse(readFileSync(file(), "utf8")) as MeshReleases) : undefined;
}

/** Forgets it, with the lab. */
export function withdrawMesh(): void {
  rmSync(file(), { force: true });
}
