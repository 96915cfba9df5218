import type { Progress } from "../lab/engine.ts";

/** Makes what takes longest of the lab and needs nothing else: a Docker engine and the image of its hosts. */
export async function prepareLab(progress: Progress = () => {}): Promise<void> {
  const { ensureEngine } = await import("../lab/engine.ts");
  const { ensureHostImage } = await import("../lab/hosts/host-image.ts");
  await ensureEngine(progress);
  await ensureHostImage(progress);
}
