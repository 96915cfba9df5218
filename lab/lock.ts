import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Runs `work` while this process alone holds the lock `file`.
 *
 * The lock is the kernel's (flock): it is held by a child that ends when our end of its pipe closes, so a killed
 * process leaves nothing to clean up.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const holder = spawn("flock", ["--exclusive", file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "close");
  const held = await Promise.race([once(holder.stdout, "data"), ended]);
  if (!Buffer.isBuffer(held[0])) throw new Error(`Could not lock ${file}: flock ended with code ${held[0]}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
