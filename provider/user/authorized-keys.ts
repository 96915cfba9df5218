import { z } from "zod";

const KEY = /^(?:\S.*\s)?(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+ [A-Za-z0-9+/]{40,}={0,3}(?:\s.*)?$/;

/** A line of `authorized_keys`: options, type, key, comment. */
export const authorizedKey = z
  .string()
  .transform((line) => line.trim())
  .refine((line) => KEY.test(line) && !line.includes("\n") && !line.startsWith("#"), {
    message: "a public key as in authorized_keys is needed, one per entry: ssh-ed25519 AAAA… comment",
  });

/** The keys of an `authorized_keys` file, without comment lines. */
export function parseAuthorizedKeys(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
}
