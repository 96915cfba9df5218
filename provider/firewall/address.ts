import { isIPv4, isIPv6 } from "node:net";

export type Family = 4 | 6;

export const ANYWHERE: Record<Family, string> = { 4: "0.0.0.0/0", 6: "::/0" };

/**
 * An address or network as the kernel names it: bits beyond the prefix cleared, IPv6 compressed, no prefix for a single
 * address. Undefined when it is neither.
 */
export function normaliseNetwork(text: string): string | undefined {
  const [address = "", prefix, more] = text.trim().split("/");
  const family = familyOf(address);
  if (family === undefined || more !== undefined) return undefined;
  const width = family === 4 ? 32 : 128;
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > width)) return undefined;
  const length = prefix === undefined ? width : Number(prefix);
  const bytes = family === 4 ? address.split(".").map(Number) : bytesOf(address);
  const kept = bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, length - index * 8))) & 0xff);
  const name = family === 4 ? kept.join(".") : compress(kept);
  return length === width ? name : `${name}/${length}`;
}

export function familyOf(network: string): Family | undefined {
  const address = network.split("/")[0] ?? "";
  if (isIPv4(address)) return 4;
  return isIPv6(address) && !address.includes("%") ? 6 : undefined;
}

function bytesOf(address: string): number[] {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const left = head ? head.split(":") : [];
  const right = tail ? tail.split(":") : [];
  const gap = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...gap, ...right].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function compress(bytes: number[]): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
