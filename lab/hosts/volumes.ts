import { mkdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { run } from "../command.ts";
import type { VolumeDevice } from "./seed.ts";

/** Where the cloud's images see a volume. */
export function devicePath(volume: number): string {
  return `/dev/disk/by-id/scsi-0HC_Volume_${volume}`;
}

/** Where the cloud mounts a volume that is attached with `automount`. */
export function mountPoint(volume: number): string {
  return `/mnt/HC_Volume_${volume}`;
}

/** A POSIX script for the host that makes the volume's device nodes. */
export function deviceScript(device: VolumeDevice): string {
  const node = `/dev/loop${device.minor}`;
  return `set -eu
mkdir -p /dev/disk/by-id
mknod ${node} b ${device.major} ${device.minor} 2>/dev/null || [ -b ${node} ]
ln -sfn ${node} ${devicePath(device.id)}
`;
}

/** A POSIX script for the host that mounts the volume now and at every boot, as the cloud's automount does. */
export function automountScript(volume: number): string {
  const device = devicePath(volume);
  const folder = mountPoint(volume);
  return `set -eu
type=$(blkid -o value -s TYPE ${device} || true)
[ -n "$type" ] || { echo "volume ${volume} has no file system" >&2; exit 1; }
mkdir -p ${folder}
grep -q '^${device} ' /etc/fstab 2>/dev/null || echo "${device} ${folder} $type discard,nofail,defaults 0 0" >>/etc/fstab
mountpoint -q ${folder} || mount ${folder}
`;
}

/** A POSIX script for the host that lets go of the volume: what still uses it loses it, as at the cloud. */
export function releaseScript(volume: number): string {
  return `set -u
device=$(readlink -f ${devicePath(volume)}) || exit 0
for folder in $(awk -v device="$device" '$1 == device { print $2 }' /proc/mounts | sort -r); do
  umount "$folder" 2>/dev/null || umount --lazy "$folder"
done
rm -f ${devicePath(volume)} "$device"
`;
}

/**
 * Makes a volume's sparse image file, with a file system when one is asked for. An existing file keeps its content, and
 * grows when it is smaller.
 */
export async function createImage(file: string, sizeGb: number, format?: "ext4" | "xfs"): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  if (existing) {
    if (existing.size >= sizeGb * 1024 ** 3) return;
    await truncate(file, sizeGb * 1024 ** 3);
    const device = await loopDevice(file);
    if (device !== undefined) await run("losetup", ["--set-capacity", device]);
    return;
  }
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, "", { flag: "wx", mode: 0o600 });
    await truncate(file, sizeGb * 1024 ** 3);
    if (format === "ext4") await run("mkfs.ext4", ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1", file]);
    if (format === "xfs") await run("mkfs.xfs", ["-q", "-f", file]);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** The loop device that shows the file, if there is one. */
async function loopDevice(file: string): Promise<string | undefined> {
  const output = await run("losetup", ["--associated", file, "--noheadings", "--output", "NAME"]);
  return output.trim().split("\n")[0]?.trim() || undefined;
}

/**
 * The volume's loop device, made when there is none. It stays as long as the volume does, attached or not: a machine may
 * hold on to a mount for a while, and a second device of the same file would be a second, unaware file system.
 */
export async function openDevice(volume: number, file: string): Promise<VolumeDevice> {
  const path = (await loopDevice(file)) ?? (await run("losetup", ["--find", "--show", file])).trim();
  const { rdev } = await stat(path);
  // Linux packs both numbers into one; loop devices stay within the classic 8-bit major and 20-bit minor.
  return { id: volume, major: (rdev >> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00) };
}

/** Takes the file's loop device away, for a volume that goes; its content stays. */
export async function closeDevice(file: string): Promise<void> {
  const path = await loopDevice(file).catch(() => undefined);
  if (path !== undefined) await run("losetup", ["--detach", path]);
}
