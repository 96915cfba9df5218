import { emitTo, q } from "../transport/shell.ts";
import { COMPOSE, lock, type Place, stagedIn } from "./place.ts";
import type { PlacedFile } from "./plan.ts";
import { type DeploymentRecord, formatRecord, parseRecord } from "./record.ts";
import { endTrial } from "./trial-script.ts";

/** Writes the new version beside the one in use and lets Compose read it. Nothing that runs is touched. */
export function stage(place: Place, files: readonly PlacedFile[]): string {
  const staged = stagedIn(place);
  return [
    "set -eu",
    COMPOSE,
    `umask 022; mkdir -p ${q(place.directory)}; umask 077`,
    lock(place),
    // Of a run that was killed.
    endTrial(place),
    `rm -rf ${q(staged)}`,
    `(umask 022; mkdir -p ${q(staged)})`,
    `trap ${q(`rm -rf ${q(staged)}`)} EXIT`,
    ...files.flatMap((file) => {
      const path = q(`${staged}/${file.path}`);
      return [
        // For containers that mount the folder while it is tried; the one around it is root's.
        `(umask 022; mkdir -p "$(dirname ${path})")`,
        emitTo(path, file.content),
        `chmod ${file.mode} ${path}`,
      ];
    }),
    `sync -f ${q(staged)}`,
    `cd ${q(staged)}`,
    `$compose --project-name ${q(place.project)} config --quiet >&2`,
    "trap - EXIT",
  ].join("\n");
}

/** Takes the staged version away. */
export function unstage(place: Place): string {
  return `rm -rf -- ${q(stagedIn(place))}`;
}

/** How a version in a folder of `.quayside` takes the place of the one in use. */
export interface Switch {
  from: "staged" | "previous";
  files: readonly Pick<PlacedFile, "path" | "inPlace">[];
  /** Paths to take away. */
  remove: readonly string[];
  /** What is remembered while the deployment is under way. */
  record: DeploymentRecord;
}

/** Keeps the version in use as the previous one. */
export function keepVersion(place: Place, paths: readonly string[]): string {
  return [
    "set -eu",
    "umask 077",
    lock(place),
    `cd ${q(place.directory)}`,
    "rm -rf .quayside/previous.new && mkdir -p .quayside/previous.new",
    `for path in ${paths.map(q).join(" ")} .quayside/record.json; do`,
    '  [ ! -f "$path" ] || { mkdir -p "$(dirname ".quayside/previous.new/$path")"; cp -p "$path" ".quayside/previous.new/$path"; }',
    "done",
    "sync -f .quayside/previous.new",
    "rm -rf .quayside/previous && mv .quayside/previous.new .quayside/previous",
  ].join("\n");
}

/** Puts a version in place. What is unchanged is not touched, so that it stays the same file for who mounts it. */
export function switchTo(place: Place, { from, files, remove, record }: Switch): string {
  const folder = q(place.directory);
  return [
    "set -eu",
    "trap '' HUP PIPE",
    lock(place),
    `cd ${folder}`,
    `from=${from}`,
    PLACE,
    writeRecord(record),
    ...files.map(({ path, inPlace }) => `place ${q(`.quayside/${from}/${path}`)} ${q(path)} ${inPlace ? 1 : 0}`),
    ...(remove.length > 0 ? [`rm -f -- ${remove.map(q).join(" ")}`] : []),
    `sync -f .`,
  ].join("\n");
}

/** A staged file is moved, which needs no room on a disk that is nearly full; a kept one stays kept. */
const PLACE = [
  "place() {",
  '  (umask 022; mkdir -p "$(dirname "$2")")',
  // Docker makes a folder where a file that it should mount is missing.
  '  [ ! -d "$2" ] || [ -L "$2" ] || rmdir "$2"',
  '  if [ -f "$2" ] && [ ! -L "$2" ] && cmp -s "$1" "$2"; then chmod --reference="$1" "$2"',
  '  elif [ "$3" = 1 ] && [ -f "$2" ] && [ ! -L "$2" ]; then cat "$1" > "$2"; chmod --reference="$1" "$2"',
  '  elif [ "$from" = staged ]; then mv -f -T "$1" "$2"',
  '  else cp -p "$1" "$2.quayside-new"; mv -f -T "$2.quayside-new" "$2"; fi',
  "}",
].join("\n");

/** Remembers a deployment that is done. */
export function finish(place: Place, record: DeploymentRecord): string {
  return ["set -eu", `cd ${q(place.directory)}`, writeRecord(record), "rm -rf .quayside/staged"].join("\n");
}

function writeRecord(record: DeploymentRecord): string {
  return [
    "umask 077",
    emitTo(".quayside/record.new", formatRecord(record)),
    "sync .quayside/record.new",
    "mv -f .quayside/record.new .quayside/record.json",
  ].join("\n");
}

/** Takes away everything that was written, and the folders that are empty then. */
export function clear(place: Place, paths: readonly string[]): string {
  const folders = new Set(
    paths.filter((path) => path.includes("/")).map((path) => path.slice(0, path.lastIndexOf("/"))),
  );
  return [
    "set -eu",
    `cd ${q(place.directory)} 2>/dev/null || exit 0`,
    `rm -f -- ${paths.map(q).join(" ")}`,
    ...[...folders].map((path) => `rmdir --parents --ignore-fail-on-non-empty ${q(path)} 2>/dev/null || true`),
    "rm -rf .quayside",
    `cd / && rmdir --ignore-fail-on-non-empty ${q(place.directory)}`,
  ].join("\n");
}

/** Prints a kept version: its paths, its compose file and its record. */
export function listVersion(directory: string): string {
  return [
    "set -eu",
    `cd ${q(directory)}`,
    "find . -type f ! -path './.quayside/*' -printf 'path %P\\n'",
    "printf 'compose '; base64 -w0 compose.yaml; echo",
    "[ ! -f .quayside/record.json ] || { printf 'record '; base64 -w0 .quayside/record.json; echo; }",
  ].join("\n");
}

/** Reads what {@link listVersion} printed. */
export function parseVersion(output: string): { paths: string[]; compose: string; record?: DeploymentRecord } {
  const values = (kind: string) =>
    output
      .split("\n")
      .filter((line) => line.startsWith(`${kind} `))
      .map((line) => line.slice(kind.length + 1));
  const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString("utf8");
  const [record] = values("record");
  return {
    paths: values("path"),
    compose: decode(values("compose")[0]),
    ...(record !== undefined && { record: parseRecord(decode(record)) }),
  };
}
