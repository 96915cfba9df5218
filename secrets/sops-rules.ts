import { SecretsError } from "./errors.ts";

const COMMENT_RULES = ["unencrypted_comment_regex", "encrypted_comment_regex"];
const RULES = ["unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex"] as const;
const DEFAULT_SUFFIX = "_unencrypted";

/**
 * Which values of a file are encrypted, by the rule that its sops block records.
 *
 * @param metadata - Reads one entry of the sops block.
 * @returns A function from the mapping keys on the way to a value.
 * @throws SecretsError kind `unreadable` for rules that sops would refuse, or that depend on comments.
 */
export function encryptionRule(
  file: string,
  metadata: (name: string) => string | undefined,
): (keyPath: readonly string[]) => boolean {
  const set = RULES.filter((name) => metadata(name));
  const [comment] = COMMENT_RULES.filter((name) => metadata(name));
  if (comment) {
    throw new SecretsError("unreadable", file, [
      { problem: `sops.${comment} is not supported here`, remedy: "use unencrypted_suffix or unencrypted_regex" },
    ]);
  }
  if (set.length > 1) {
    throw new SecretsError("unreadable", file, [
      { problem: `sops.${set.join(" and sops.")} exclude each other`, remedy: "keep one of them" },
    ]);
  }
  const [rule = "unencrypted_suffix"] = set;
  const value = metadata(rule) ?? DEFAULT_SUFFIX;
  const matches = rule.endsWith("_regex") ? regexMatcher(file, rule, value) : (key: string) => key.endsWith(value);
  const encryptsMatches = rule.startsWith("encrypted_");
  return (keyPath) => keyPath.some(matches) === encryptsMatches;
}

function regexMatcher(file: string, rule: string, source: string): (key: string) => boolean {
  // Go's leading flag group has no counterpart in JavaScript; anything else that differs is caught by the MAC.
  const insensitive = source.startsWith("(?i)");
  try {
    const regex = new RegExp(insensitive ? source.slice(4) : source, insensitive ? "iu" : "u");
    return (key) => regex.test(key);
  } catch {
    throw new SecretsError("unreadable", file, [
      {
        problem: `sops.${rule} is not a regular expression that works here`,
        remedy: "write it without Go-only syntax",
      },
    ]);
  }
}
