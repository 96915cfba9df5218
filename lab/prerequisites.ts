import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The program that proves a package of `apt-packages.txt` is there; a package without one is not looked for. */
const programs: Record<string, string> = {
  "docker.io": "dockerd",
  iptables: "iptables",
  mmdebstrap: "mmdebstrap",
  "docker-registry": "docker-registry",
  skopeo: "skopeo",
  e2fsprogs: "mkfs.ext4",
  xfsprogs: "mkfs.xfs",
  "util-linux": "losetup",
  "openssh-client": "ssh",
};

/** Names in a package list: one a line, `#` starts a comment. */
export function parsePackageList(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
}

async function onPath(program: string): Promise<boolean> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  for (const folder of folders) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this one.
    }
  }
  return false;
}

/**
 * Packages of `lab/apt-packages.txt` whose program is not on this machine.
 *
 * A machine with another Docker engine than Debian's needs no `docker.io`: pass `engineAnswers`.
 */
export async function missingPackages(engineAnswers: boolean): Promise<string[]> {
  const list = parsePackageList(await readFile(new URL("./apt-packages.txt", import.meta.url), "utf8"));
  const missing: string[] = [];
  for (const name of list) {
    if (name === "docker.io" && engineAnswers) continue;
    const program = programs[name];
    if (program !== undefined && !(await onPath(program))) missing.push(name);
  }
  return missing;
}

/** Faults that keep a lab from starting on this machine, each with what to do about it. */
export async function prerequisiteFaults(engineAnswers: boolean): Promise<string[]> {
  const faults: string[] = [];
  if (process.platform !== "linux") faults.push(`The lab needs Linux; this is ${process.platform}.`);
  if (process.getuid?.() !== 0) {
    faults.push("The lab needs root (loop devices for volumes, a Docker engine); run it with sudo.");
  }
  const missing = await missingPackages(engineAnswers);
  if (missing.length > 0) {
    faults.push(`Programs are missing; run: apt-get install --yes --no-install-recommends ${missing.join(" ")}`);
  }
  return faults;
}
