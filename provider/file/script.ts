import { emit, q } from "../transport/shell.ts";

/** A file as it should be or as it is: content is base64 in neither, so that it reads well in a diff. */
export interface FileFacts {
  content: string;
  mode: string;
  owner: string;
  group: string;
}

/**
 * Prints a file's facts, or nothing when it is not there: mode, owner, group, then the content in base64, a line each.
 * Owner and group are numbers where `numeric` says that they were declared so.
 */
export function observeFile(path: string, numeric: { owner: boolean; group: boolean }): string {
  const file = q(path);
  return [
    `if [ -d ${file} ] && [ ! -L ${file} ]; then echo "${path.replace(/["$`\\]/g, "\\$&")} is a directory" >&2; exit 1; fi`,
    `if [ -e ${file} ]; then`,
    `  stat -L -c '%a %${numeric.owner ? "u" : "U"} %${numeric.group ? "g" : "G"}' -- ${file}`,
    `  base64 -w0 -- ${file}; echo`,
    "fi",
  ].join("\n");
}

/** Reads what {@link observeFile} printed. */
export function parseFile(output: string): FileFacts | undefined {
  const [facts, encoded] = output.split("\n");
  const [mode, owner, group] = (facts ?? "").split(" ");
  if (!mode || !owner || !group) return undefined;
  return { content: Buffer.from(encoded ?? "", "base64").toString("utf8"), mode: mode.padStart(4, "0"), owner, group };
}

/** Writes a file whole or not at all: temporary name beside it, flushed, validated, renamed. */
export function writeFile(
  path: string,
  bytes: string | Uint8Array,
  facts: Omit<FileFacts, "content">,
  validate?: string,
): string {
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  return [
    "set -eu",
    "umask 077",
    `mkdir -p -- ${q(folder)}`,
    `new=$(mktemp ${q(`${path}.quayside-XXXXXX`)})`,
    `trap 'rm -f -- "$new"' EXIT`,
    `${emit(bytes).replace("base64 -d", 'base64 -d > "$new"')}`,
    `chown ${q(`${facts.owner}:${facts.group}`)} "$new"`,
    `chmod ${q(facts.mode)} "$new"`,
    ...(validate ? [`${validate.replaceAll("{}", '"$new"')} >&2`] : []),
    `sync "$new"`,
    `mv -f -T -- "$new" ${q(path)}`,
    "trap - EXIT",
  ].join("\n");
}

/** Sets mode and owner of a file whose content is right. */
export function setAttributes(path: string, facts: Omit<FileFacts, "content">): string {
  return `set -eu\nchown ${q(`${facts.owner}:${facts.group}`)} ${q(path)}\nchmod ${q(facts.mode)} ${q(path)}`;
}
