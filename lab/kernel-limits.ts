import { readFile, writeFile } from "node:fs/promises";

/** Enough for about a hundred hosts. */
const WANTED = 1024;

/**
 * Lets this machine boot more than a dozen hosts: each systemd and each Docker engine holds several inotify instances of
 * root's, of which Linux grants 128. A host that gets none hangs at boot, and looks like one that does not answer.
 * The limit stays raised until the machine restarts; without the right to raise it, the lab just has room for fewer.
 */
export async function raiseInotifyLimit(file = "/proc/sys/fs/inotify/max_user_instances"): Promise<void> {
  try {
    if (Number(await readFile(file, "utf8")) < WANTED) await writeFile(file, String(WANTED));
  } catch {
    // Not root, or a machine that is itself a container.
  }
}
