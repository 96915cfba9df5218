import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/command.ts";
import { cacheRoot } from "../../../lab/places.ts";

const VERSION = "1.2.0";

/** The Python interpreter of a virtual environment with OVH's official library, made once and kept in the cache. */
export async function ovhPython(): Promise<string> {
  const folder = join(cacheRoot(), "python", `ovh-${VERSION}`);
  const python = join(folder, "bin", "python");
  if (!existsSync(join(folder, "ready"))) {
    await run("python3", ["-m", "venv", "--clear", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `ovh==${VERSION}`]);
    await run("touch", [join(folder, "ready")]);
  }
  return python;
}
