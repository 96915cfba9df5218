import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../lab/command.ts";
import { cacheRoot } from "../../toolchain/places.ts";

const requirements = join(import.meta.dirname, "../requirements.txt");

/** The `bin` folder of a virtual environment with what requirements.txt names; made once. Needs Debian's python3-venv. */
export async function rivals(): Promise<string> {
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(cacheRoot(), "python", `bench-${key}`);
  const bin = join(folder, "bin");
  if (!existsSync(join(folder, "ready"))) {
    await run("python3", ["-m", "venv", "--clear", folder]);
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
    await run(join(bin, "python"), install);
    await run("touch", [join(folder, "ready")]);
  }
  return bin;
}

/** A known_hosts file's line. */
export function knownHost({ address, hostKey }: { address: string; hostKey?: string }): string {
  return `${address} ${hostKey}\n`;
}
