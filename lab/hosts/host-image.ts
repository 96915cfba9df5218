import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../engine.ts";
import { contextFiles, ensureBuilt } from "../images/recipe.ts";
import { ensureSlimImage } from "../images/slim.ts";

/** The image that every server of the lab boots, whatever image name the cloud's API was given. */
export const hostImage = "quayside-lab/debian:13";

/** Names of the cloud's catalogue that the lab can boot. Ubuntu is a stand-in: it boots Debian 13. */
export const hostImageNames: readonly string[] = ["debian-13", "ubuntu-24.04"];

const ownCertificates = "/usr/local/share/ca-certificates";

/**
 * Builds the server image unless it is there; returns its id. Certificate authorities that this machine was told to
 * trust are trusted by the lab's hosts too: their downloads take the same way out.
 */
export async function ensureHostImage(progress: Progress = () => {}): Promise<string> {
  const base = await ensureSlimImage(progress);
  const files = await contextFiles(join(import.meta.dirname, "image"));
  if (existsSync(ownCertificates)) files.push(...(await contextFiles(ownCertificates, "ca")));
  // COPY refuses an empty folder.
  files.push({ path: "ca/README", content: Buffer.from("Certificates of this machine's own.\n"), mode: 0o644 });
  return ensureBuilt({ reference: hostImage, files, buildArgs: { BASE: base } }, progress);
}
