import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import { docker, type Progress } from "../engine.ts";
import { withLock } from "../lock.ts";
import { cacheRoot } from "../places.ts";
import { builtImage, recipeHash, recipeMark } from "./recipe.ts";

const reference = "quayside-lab/slim:13";
const eatmydata = "/usr/share/mmdebstrap/hooks/eatmydata";

/**
 * Arguments that make the smallest Debian root file system as a tar archive. Man pages, documentation and translations
 * are left out for this and every later package.
 */
export function bootstrapArguments(tar: string, options: { eatmydata: boolean }): string[] {
  const leaveOut = ["man", "locale", "doc", "info", "lintian"];
  return [
    "--variant=minbase",
    // fsync for each unpacked file would double the time; a killed build starts anew anyway.
    ...(options.eatmydata ? [`--hook-dir=${eatmydata}`] : []),
    '--aptopt=Acquire::Languages "none"',
    ...leaveOut.map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
    "--include=ca-certificates",
    "trixie",
    tar,
    "http://deb.debian.org/debian",
  ];
}

/**
 * The image that all of the lab's images are built on: Debian 13 with apt and nothing else. Bootstrapped from the
 * distribution's own packages, because a container registry may be out of reach. Returns its id.
 */
export async function ensureSlimImage(progress: Progress): Promise<string> {
  const folder = join(cacheRoot(), "lab");
  const hash = recipeHash({
    reference,
    files: [],
    buildArgs: { arguments: bootstrapArguments("", { eatmydata: false }).join(" ") },
  });
  return withLock(join(folder, "slim.lock"), async () => {
    const present = await builtImage(reference);
    if (present?.recipe === hash) return present.id;
    const tar = join(folder, `slim-${process.arch}-${hash}.tar`);
    if (!(await exists(tar))) await bootstrap(tar, progress);
    await docker(["import", "--change", `LABEL ${recipeMark(hash)}`, tar, reference]);
    return (await builtImage(reference))?.id ?? "";
  });
}

async function bootstrap(tar: string, progress: Progress): Promise<void> {
  const started = performance.now();
  progress("Bootstrapping Debian 13 from its packages");
  await mkdir(join(tar, ".."), { recursive: true });
  // mmdebstrap takes the format from the name's end.
  const partial = tar.replace(/\.tar$/, ".partial.tar");
  await rm(partial, { force: true });
  try {
    await run("mmdebstrap", bootstrapArguments(partial, { eatmydata: await exists(eatmydata) }));
    await rename(partial, tar);
  } finally {
    await rm(partial, { force: true });
  }
  progress(`Bootstrapped Debian 13 in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
