import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { MeshReleases } from "../../components/mesh/releases.ts";
import { build, builtFolder, builtKey } from "../../toolchain/build.ts";
import { run } from "../command.ts";
import type { Progress } from "../engine.ts";
import { withLock } from "../lock.ts";
import { cacheRoot } from "../places.ts";
import { registryMirror } from "../registry/registry.ts";

const REPOSITORY = "quayside/releases";

/**
 * Headscale and Tailscale as lab hosts fetch them: built on this machine from their Go modules and kept in the lab's
 * registry (which must run), where anything can be fetched by its digest. Built only when asked for.
 */
export async function ensureMeshReleases(progress: Progress = () => {}): Promise<MeshReleases> {
  await build(["headscale"], ({ compiled, total }) => {
    const percent = Math.min(100, Math.round((compiled / total) * 100));
    progress(`Building Headscale and Tailscale from Go modules: ${percent} % of ${total} packages`);
  });
  const built = builtFolder("headscale");
  const folder = "tailscale";
  return {
    headscale: await publish(await readFile(join(built, "headscale"))),
    tailscale: { ...(await publish(await readFile(await archive(built, folder)))), folder },
  };
}

/** Tailscale's two programs as its releases have them, in a tar archive; the same programs give the same bytes. */
async function archive(built: string, folder: string): Promise<string> {
  const place = join(cacheRoot(), "lab", "mesh");
  const file = join(place, `${builtKey("headscale")}.tar`);
  await mkdir(place, { recursive: true });
  return withLock(join(place, "lock"), async () => {
    if (existsSync(file)) return file;
    const part = `${file}.part`;
    await rm(part, { force: true });
    const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
    await run("tar", ["-C", built, ...same, "--transform", `s,^,${folder}/,`, "-cf", part, "tailscale", "tailscaled"]);
    await rename(part, file);
    return file;
  });
}

/** Puts a blob into the registry unless it is there. */
async function publish(content: Buffer): Promise<{ url: string; sha256: string }> {
  const sha256 = createHash("sha256").update(content).digest("hex");
  const url = `${registryMirror}/v2/${REPOSITORY}/blobs/sha256:${sha256}`;
  if ((await fetch(url, { method: "HEAD" })).ok) return { url, sha256 };
  const begun = await fetch(`${registryMirror}/v2/${REPOSITORY}/blobs/uploads/`, { method: "POST" });
  const place = begun.headers.get("location");
  if (!begun.ok || !place) throw new Error(`The lab's registry does not take an upload (HTTP ${begun.status}).`);
  const target = new URL(place, registryMirror);
  target.searchParams.set("digest", `sha256:${sha256}`);
  const headers = { "Content-Type": "application/octet-stream" };
  const ended = await fetch(target, { method: "PUT", headers, body: new Uint8Array(content) });
  if (!ended.ok) throw new Error(`The lab's registry does not keep an upload (HTTP ${ended.status}).`);
  return { url, sha256 };
}
