import { q } from "../transport/shell.ts";
import type { Reload } from "./inputs.ts";
import { COMPOSE, compose, lock, type Place } from "./place.ts";
import { endTrial } from "./trial-script.ts";

/** Seconds for one image: gigabytes from a slow registry have to get through. */
const PULL_SECONDS = 30 * 60;
/** Seconds for what asks little of Docker. */
const SHORT_SECONDS = 30;
/** Seconds for containers to end as they are asked to. */
const DOWN_SECONDS = 10 * 60;

/** Pulls one image. */
export function pull(image: string): string {
  return within(PULL_SECONDS, `docker pull --quiet ${q(image)} >/dev/null`);
}

/** Gives up a command that does not end, and says so. */
function within(seconds: number, command: string): string {
  const late = `echo 'it was given up after ${seconds} s' >&2`;
  return `timeout --kill-after=20 ${seconds} ${command} || { code=$?; [ $code != 124 ] || ${late}; exit $code; }`;
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

/** Makes one service take up its changed files. @param timeout in seconds */
export function reloadService(containers: readonly string[], how: Reload, timeout: number): string {
  return [
    "set -eu",
    ...containers.map((id) =>
      how.signal
        ? within(SHORT_SECONDS, `docker kill --signal ${q(how.signal)} ${q(id)} >/dev/null`)
        : within(timeout, `docker exec ${q(id)} ${(how.command ?? []).map(q).join(" ")} >&2`),
    ),
  ].join("\n");
}

/** Prints the last lines that a container logged. */
export function lastLog(container: string): string {
  return within(SHORT_SECONDS, `docker logs --tail 30 ${q(container)} 2>&1`);
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
  const limit = `timeout --kill-after=20 ${DOWN_SECONDS}`;
  const words = `--project-name ${q(place.project)} down --remove-orphans${volumes ? " --volumes" : ""}`;
  return [
    "trap '' HUP PIPE",
    COMPOSE,
    `[ ! -d ${q(`${place.directory}/.quayside`)} ] || { ${lock(place)}; }`,
    endTrial(place),
    `if [ -f ${q(`${place.directory}/compose.yaml`)} ] && (cd ${q(place.directory)} && ${limit} $compose ${words}) >/dev/null 2>&1; then exit 0; fi`,
    `cd / && ${limit} $compose ${words} 2>&1 | tail -n 20 >&2`,
    `[ -z "$(docker ps --all --quiet --filter ${q(`label=com.docker.compose.project=${place.project}`)})" ]`,
  ].join("\n");
}
