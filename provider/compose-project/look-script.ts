import { askDockerFor } from "../docker-daemon.ts";
import { FACT } from "../file/facts.ts";
import { q } from "../transport/shell.ts";
import type { Place } from "./place.ts";

const CONTAINER = [
  '"id":{{json .Id}}',
  '"name":{{json .Name}}',
  '"image":{{json .Image}}',
  '"labels":{{json .Config.Labels}}',
  '"restarts":{{json .RestartCount}}',
  '"state":{{json .State}}',
].join(",");

/** What to look at beside the containers. */
export interface Sights {
  /** Paths below the project's folder. */
  files: readonly string[];
  /** Absolute paths. */
  folders: readonly string[];
  /** References. */
  images: readonly string[];
}

/** Prints what `parseSnapshot` reads, a line per thing. One look costs five short processes and one per image. */
export function observeProject(place: Place, { files, folders, images }: Sights): string {
  const folder = place.directory;
  const encoded = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const line = (kind: string, path: string) =>
    `[ ! -f ${q(path)} ] || { printf '${kind} '; base64 -w0 -- ${q(path)}; echo; }`;
  return [
    "command -v docker >/dev/null 2>&1 || { echo '@docker absent'; exit 0; }",
    askDockerFor(),
    `containers=$(docker ps --all --quiet --no-trunc --filter ${q(`label=com.docker.compose.project=${place.project}`)} --filter label=com.docker.compose.oneoff=False 2>&1) || { printf '@docker silent %s\\n' "$containers"; exit 0; }`,
    "date '+now %s.%N'",
    line("record", `${folder}/.quayside/record.json`),
    line("compose", `${folder}/compose.yaml`),
    line("env", `${folder}/.env`),
    ...files.map((path) => {
      const file = q(`${folder}/${path}`);
      return `[ ! -f ${file} ] || { printf 'file ${encoded(path)} '; stat -L -c '%a' -- ${file} | tr '\\n' ' '; base64 -w0 -- ${file}; echo; }`;
    }),
    ...(folders.length > 0 ? [`stat --format 'folder ${FACT}' -- ${folders.map(q).join(" ")} 2>/dev/null`] : []),
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
