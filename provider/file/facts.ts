import { q } from "../transport/shell.ts";

/** What `stat` and `sha256sum` say about a path. */
export interface FileFacts {
  kind: "file" | "directory" | "symbolic link" | "other";
  mode: string;
  owner: string;
  group: string;
  uid: string;
  gid: string;
  size: number;
  /** SHA-256 in hexadecimal; only regular files have one. */
  sha256?: string;
}

const KINDS: Record<number, FileFacts["kind"]> = { 32768: "file", 16384: "directory", 40960: "symbolic link" };

/** What `stat` is to print of a path, in one line: what {@link parseFact} reads. */
export const FACT = "%f %U %G %u %g %s %n";

/** @param words of the line that `stat` printed */
export function parseFact([raw = "", owner = "", group = "", uid = "", gid = "", size = "", ...path]: string[]): [
  path: string,
  facts: FileFacts,
] {
  const bits = Number.parseInt(raw, 16);
  const kind = KINDS[bits & 0xf000] ?? "other";
  const mode = (bits & 0o7777).toString(8).padStart(4, "0");
  return [path.join(" "), { kind, mode, owner, group, uid, gid, size: Number(size) }];
}

/** Prints the facts of all these paths, two processes in all; a path that is not there is left out. */
export function observeFacts(paths: readonly string[]): string {
  const all = paths.map(q).join(" ");
  return [
    `stat --format '${FACT}' -- ${all} 2>/dev/null`,
    "echo",
    "set --",
    `for file in ${all}; do if [ -f "$file" ] && [ ! -L "$file" ]; then set -- "$@" "$file"; fi; done`,
    `[ $# -eq 0 ] || sha256sum --zero -- "$@" 2>/dev/null | tr '\\0' '\\n'`,
  ].join("\n");
}

/** Reads what {@link observeFacts} printed. */
export function parseFacts(output: string): Map<string, FileFacts> {
  const facts = new Map<string, FileFacts>();
  const split = output.startsWith("\n") ? 0 : output.indexOf("\n\n") + 1;
  for (const line of output.slice(0, split).split("\n").filter(Boolean)) {
    facts.set(...parseFact(line.split(" ")));
  }
  for (const line of output.slice(split).split("\n").filter(Boolean)) {
    const found = facts.get(line.slice(66));
    if (found) found.sha256 = line.slice(0, 64);
  }
  return facts;
}

/** Owner and group as they were declared: a number stays a number. */
export function ownership(facts: FileFacts, declared: { owner: string; group: string }) {
  return {
    owner: /^\d+$/.test(declared.owner) ? facts.uid : facts.owner,
    group: /^\d+$/.test(declared.group) ? facts.gid : facts.group,
  };
}
