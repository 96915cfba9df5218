import { emit, q } from "../transport/shell.ts";
import type { Reload } from "./inputs.ts";
import { COMPOSE, compose, lock, type Place, stagedIn } from "./place.ts";
import type { PlacedFile } from "./plan.ts";
import { type DeploymentRecord, formatRecord, parseRecord } from "./record.ts";
import { endTrial } from "./trial-script.ts";

const CONTAINER = [
  '"id":{{json .Id}}',
  '"name":{{json .Name}}',
  '"image":{{json .Image}}',
  '"labels":{{json .Config.Labels}}',
  '"restarts":{{json .RestartCount}}',
  '"state":{{json .State}}',
].join(",");

/** Prints what `parseSnapshot` reads, a line per thing. One look costs four short processes and one per image. */
export function observeProject(place: Place, files: readonly string[], images: readonly string[]): string {
  const folder = place.directory;
  const encoded = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const line = (kind: string, path: string) =>
    `[ ! -f ${q(path)} ] || { printf '${kind} '; base64 -w0 -- ${q(path)}; echo; }`;
  return [
    "command -v docker >/dev/null 2>&1 || { echo '@docker absent'; exit 0; }",
    `containers=$(docker ps --all --quiet --no-trunc --filter ${q(`label=com.docker.compose.project=${place.project}`)} --filter label=com.docker.compose.oneoff=False 2>&1) || { printf '@docker silent %s\\n' "$containers"; exit 0; }`,
    "date '+now %s.%N'",
    line("record", `${folder}/.quayside/record.json`),
    line("compose", `${folder}/compose.yaml`),
    line("env", `${folder}/.env`),
    ...files.map((path) => {
      const file = q(`${folder}/${path}`);
      return `[ ! -f ${file} ] || { printf 'file ${encoded(path)} '; stat -L -c '%a' -- ${file} | tr '\\n' ' '; base64 -w0 -- ${file}; echo; }`;
    }),
    ...images.map(
      (image) =>
        `printf 'reference ${encoded(image)} '; docker image inspect --format '{{.Id}}' ${q(image)} 2>/dev/null || echo`,
    ),
    `[ -z "$containers" ] || {`,
    // A container that goes away in between is not an error.
    `  docker inspect --format 'container {${CONTAINER}}' $containers 2>/dev/null`,
    `  docker image inspect --format 'image {{.Id}} {{json .RepoDigests}}' $(docker inspect --format '{{.Image}}' $containers 2>/dev/null | sort -u) 2>/dev/null`,
    "  true",
    "}",
  ].join("\n");
}

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
        emit(file.content).replace(/^(base64 -d|:)/, (command) => `${command} > ${path}`),
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
    emit(formatRecord(record)).replace("base64 -d", "base64 -d > .quayside/record.new"),
    "sync .quayside/record.new",
    "mv -f .quayside/record.new .quayside/record.json",
  ].join("\n");
}

/** Pulls one image. */
export function pull(image: string): string {
  return `docker pull --quiet ${q(image)} >/dev/null`;
}

/**
 * Starts what is not running as the compose file says, and goes on when the connection is lost.
 *
 * @param only services to make anew whatever their settings
 */
export function up(place: Place, timeout: number, options: { pull: boolean; only?: readonly string[] }): string {
  const words = [
    `--project-name ${q(place.project)} up --detach --no-build --quiet-pull --remove-orphans`,
    ...(options.pull ? [] : ["--pull never"]),
    ...(options.only ? ["--force-recreate --no-deps", ...options.only.map(q)] : []),
  ];
  return [
    "trap '' HUP PIPE",
    COMPOSE,
    lock(place),
    `cd ${q(place.directory)} || exit 1`,
    compose(place, words, timeout),
  ].join("\n");
}

/** Makes one service take up its changed files. */
export function reloadService(containers: readonly string[], how: Reload): string {
  return [
    "set -eu",
    ...containers.map((id) =>
      how.signal
        ? `docker kill --signal ${q(how.signal)} ${q(id)} >/dev/null`
        : `docker exec ${q(id)} ${(how.command ?? []).map(q).join(" ")} >&2`,
    ),
  ].join("\n");
}

/** Prints the last lines that a container logged. */
export function lastLog(container: string): string {
  return `docker logs --tail 30 ${q(container)} 2>&1`;
}

/** Makes image names mean again what they meant, where a later pull moved them. */
export function restoreImages(images: Readonly<Record<string, string>>): string {
  return Object.entries(images)
    .filter(([image]) => !image.includes("@"))
    .map(([image, id]) => `docker image inspect ${q(id)} >/dev/null 2>&1 && docker tag ${q(id)} ${q(image)} || true`)
    .join("\n");
}

/** Stops and removes a project's containers and networks, whether its compose file is still there or not. */
export function down(place: Place, volumes: boolean): string {
  const words = `--project-name ${q(place.project)} down --remove-orphans${volumes ? " --volumes" : ""}`;
  return [
    "trap '' HUP PIPE",
    COMPOSE,
    `[ ! -d ${q(`${place.directory}/.quayside`)} ] || { ${lock(place)}; }`,
    endTrial(place),
    `if [ -f ${q(`${place.directory}/compose.yaml`)} ] && (cd ${q(place.directory)} && $compose ${words}) >/dev/null 2>&1; then exit 0; fi`,
    `cd / && $compose ${words} 2>&1 | tail -n 20 >&2`,
    `[ -z "$(docker ps --all --quiet --filter ${q(`label=com.docker.compose.project=${place.project}`)})" ]`,
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
