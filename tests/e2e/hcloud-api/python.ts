import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/command.ts";
import { cacheRoot } from "../../../lab/places.ts";

const VERSION = "2.27.0";

/**
 * The Python interpreter of a virtual environment with the official `hcloud` library, made once and kept in the cache.
 *
 * Needs Debian's `python3` and `python3-venv`.
 */
export async function hcloudPython(): Promise<string> {
  const folder = join(cacheRoot(), "python", `hcloud-${VERSION}`);
  const python = join(folder, "bin", "python");
  if (!existsSync(join(folder, "ready"))) {
    await run("python3", ["-m", "venv", "--clear", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `hcloud==${VERSION}`]);
    await run("touch", [join(folder, "ready")]);
  }
  return python;
}
