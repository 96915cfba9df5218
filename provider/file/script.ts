import { randomBytes } from "node:crypto";
import { q } from "../transport/shell.ts";

export interface FileAttributes {
  mode: string;
  owner: string;
  group: string;
}

/** A file to write. */
export interface NewFile extends FileAttributes {
  path: string;
  bytes: Uint8Array;
  /** Command that has to accept it first; `{}` stands for its temporary name. */
  validate?: string;
}

/** What one run changes about files. */
export interface FileChanges {
  write: NewFile[];
  /** Files whose content is right. */
  adjust: ({ path: string } & FileAttributes)[];
  remove: string[];
  /** Command that has to accept the whole, once it is in place; when it does not, all is put back. */
  validate?: string;
}

/**
 * Writes each file whole or not at all: to a temporary name beside it, flushed, validated, renamed. No temporary file
 * stays behind when a step fails.
 */
export function changeFiles(changes: FileChanges, tag = randomBytes(4).toString("hex")): string {
  const { write, adjust, remove, validate } = changes;
  const temporary = (path: string) => q(`${path}.${tag}.new`);
  const saved = (path: string) => q(`${path}.${tag}.old`);
  const lines = ["set -eu", "umask 077"];
  const touched = [...write.map((file) => file.path), ...remove];
  const leftovers = [...write.map((file) => temporary(file.path)), ...(validate ? touched.map(saved) : [])];
  if (leftovers.length > 0) lines.push(`clean() { rm -f -- ${leftovers.join(" ")}; }`, "trap clean EXIT");

  const folders = [...new Set(write.map((file) => file.path.slice(0, file.path.lastIndexOf("/")) || "/"))];
  if (folders.length > 0) lines.push(`(umask 022; mkdir -p -- ${folders.map(q).join(" ")})`);
  if (write.length > 0) lines.push(...makeFiles(write, (file) => temporary(file.path)));
  lines.push(...setAttributes(adjust, (file) => q(file.path)));
  for (const file of write) {
    if (file.validate) lines.push(`${file.validate.replaceAll("{}", temporary(file.path))} >&2`);
  }
  if (write.length > 0) lines.push(`sync -- ${write.map((file) => temporary(file.path)).join(" ")}`);
  if (validate) {
    for (const path of touched) lines.push(`if [ -e ${q(path)} ]; then cp -a -- ${q(path)} ${saved(path)}; fi`);
  }
  for (const file of write) lines.push(`mv -f -T -- ${temporary(file.path)} ${q(file.path)}`);
  if (remove.length > 0) lines.push(`rm -f -- ${remove.map(q).join(" ")}`);
  if (validate) {
    lines.push(`if ! ( ${validate} ) >&2; then`);
    for (const path of touched) {
      lines.push(
        `  if [ -e ${saved(path)} ]; then mv -f -T -- ${saved(path)} ${q(path)}; else rm -f -- ${q(path)}; fi`,
      );
    }
    lines.push('  echo "Every file is as it was before." >&2', "  exit 1", "fi");
  }
  return lines.join("\n");
}

/** The changes of several as one. */
export function changeFilesOfAll(all: readonly Omit<FileChanges, "validate">[]): string {
  return changeFiles({
    write: all.flatMap(({ write }) => write),
    adjust: all.flatMap(({ adjust }) => adjust),
    remove: all.flatMap(({ remove }) => remove),
  });
}

/** Writes one file; see {@link changeFiles}. */
export function writeFile(path: string, content: string | Uint8Array, attributes: FileAttributes, validate?: string) {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return changeFiles({ write: [{ path, bytes, ...attributes, validate }], adjust: [], remove: [] });
}

/** What a shell has single digits for, besides the standard ones. */
const DESCRIPTORS = [3, 4, 5, 6, 7, 8, 9];

/**
 * Makes files where there is nothing yet, with their content and attributes. Each is opened once, only if this makes it,
 * and goes by its descriptor from then on: in a folder of somebody else's its name may be another thing's a moment later.
 */
function makeFiles<F extends NewFile>(files: readonly F[], name: (file: F) => string): string[] {
  const batches = Array.from({ length: Math.ceil(files.length / DESCRIPTORS.length) }, (_, index) =>
    files.slice(index * DESCRIPTORS.length).slice(0, DESCRIPTORS.length),
  );
  return [
    // The shell's printf costs no process but has no words for a full disk; cat says what the kernel said.
    'put() { printf %s "$2" >&"$1" || { printf %s "$2" | cat >&"$1"; return 1; }; }',
    "set -C",
    ...batches.flatMap((batch) => {
      const descriptor = new Map(batch.map((file, index) => [file, DESCRIPTORS[index]]));
      const opened = batch.map((file) => `${descriptor.get(file)}> ${name(file)}`);
      return [
        `exec ${opened.join(" ")}`,
        ...batch.map((file) => printTo(file.bytes, descriptor.get(file) ?? 0)),
        ...setAttributes(batch, (file) => `/proc/self/fd/${descriptor.get(file)}`, "follow"),
        `exec ${batch.map((file) => `${descriptor.get(file)}>&-`).join(" ")}`,
      ];
    }),
    "set +C",
  ];
}

/** Text goes as a word of the script, which costs no process; anything else in base64. */
function printTo(bytes: Uint8Array, descriptor: number): string {
  const text = Buffer.from(bytes).toString("utf8");
  if (!text.includes("\0") && Buffer.from(text, "utf8").equals(bytes)) return `put ${descriptor} ${q(text)}`;
  const encoded = Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,1000}/g, "$&\n");
  return `base64 -d >&${descriptor} <<'QUAYSIDE_DATA'\n${encoded}QUAYSIDE_DATA`;
}

/** One process for all files that get the same. @param links whether the names are links to what is meant */
function setAttributes<F extends FileAttributes>(
  files: readonly F[],
  name: (file: F) => string,
  links: "follow" | "keep" = "keep",
): string[] {
  const owners = Map.groupBy(files, (file) => q(`${file.owner}:${file.group}`));
  const modes = Map.groupBy(files, (file) => file.mode);
  const names = (some: F[]) => some.map(name).join(" ");
  return [
    ...[...owners].map(([owner, some]) => `chown ${links === "keep" ? "-h " : ""}-- ${owner} ${names(some)}`),
    ...[...modes].map(([mode, some]) => `chmod -- ${mode} ${names(some)}`),
  ];
}
