import { expect, test } from "vitest";
import { automountScript, devicePath, deviceScript, mountPoint, releaseScript } from "./volumes.ts";

test("a volume is where the cloud puts it", () => {
  expect(devicePath(42)).toBe("/dev/disk/by-id/scsi-0HC_Volume_42");
  expect(mountPoint(42)).toBe("/mnt/HC_Volume_42");
});

test("the device node is made once and named after the volume", () => {
  const script = deviceScript({ id: 42, major: 7, minor: 3 });
  expect(script).toContain("mknod /dev/loop3 b 7 3 2>/dev/null || [ -b /dev/loop3 ]\n");
  expect(script).toContain("ln -sfn /dev/loop3 /dev/disk/by-id/scsi-0HC_Volume_42\n");
});

test("automount survives reboots and adds its fstab line once", () => {
  const script = automountScript(42);
  expect(script).toContain("grep -q '^/dev/disk/by-id/scsi-0HC_Volume_42 ' /etc/fstab");
  expect(script).toContain("nofail");
  expect(script.trimEnd().split("\n").at(-1)).toBe("mountpoint -q /mnt/HC_Volume_42 || mount /mnt/HC_Volume_42");
});

test("release unmounts every place where the volume is used", () => {
  expect(releaseScript(42)).toContain('umount "$folder" 2>/dev/null || umount --lazy "$folder"');
});
