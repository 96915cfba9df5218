import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Claims of all labs of this machine: they share one Docker network, and must not share addresses. */
const CLAIMS = "/var/lib/quayside/lab-subnets";

const SUBNETS = 254;

/**
 * Claims a /24 (10.210.<n>.0) of the public network for a lab, and keeps it until {@link releaseSubnet}.
 *
 * The same lab gets the same one again. A claim whose lab folder is gone is free.
 *
 * @param folder the lab's state folder: what the claim belongs to.
 * @returns the third octet, 1 to 254.
 * @throws Error when all are claimed by other labs.
 */
export function claimSubnet(name: string, folder: string, claims = CLAIMS): number {
  mkdirSync(claims, { recursive: true });
  const octets = Array.from({ length: SUBNETS }, (_, index) => ((hash(name) + index) % SUBNETS) + 1);
  const own = octets.find((octet) => owner(claims, octet) === folder);
  if (own !== undefined) return own;
  for (const octet of octets) {
    const holder = owner(claims, octet);
    if (holder !== null && !existsSync(holder)) rmSync(join(claims, String(octet)), { force: true });
    try {
      writeFileSync(join(claims, String(octet)), folder, { flag: "wx" });
      return octet;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  throw new Error(
    `all ${SUBNETS} address ranges of this machine's labs are in use: reset labs that are no longer needed`,
  );
}

export function releaseSubnet(folder: string, claims = CLAIMS): void {
  for (let octet = 1; octet <= SUBNETS; octet++) {
    if (owner(claims, octet) === folder) rmSync(join(claims, String(octet)), { force: true });
  }
}

function owner(claims: string, octet: number): string | null {
  try {
    return readFileSync(join(claims, String(octet)), "utf8");
  } catch {
    return null;
  }
}

/** Spreads labs over the ranges, so that a lab made anew tends to keep its addresses. */
function hash(text: string): number {
  return [...text].reduce((value, letter) => (value * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7);
}
