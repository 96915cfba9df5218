import { q } from "../transport/shell.ts";

/** Where a project is, and what it is called. */
export interface Place {
  project: string;
  directory: string;
}

/** Where a version is written before it is put in place. */
export function stagedIn(place: Place): string {
  return `${place.directory}/.quayside/staged`;
}

/** Sets `$compose`, which is a plugin of the docker command or a command of its own. */
export const COMPOSE = [
  "if docker compose version >/dev/null 2>&1; then compose='docker compose --ansi never'",
  "elif command -v docker-compose >/dev/null 2>&1; then compose='docker-compose --ansi never'",
  "else echo 'Docker Compose is not installed: apt-get install docker-compose (Debian) or docker-compose-plugin (docker.com)' >&2; exit 127; fi",
].join("\n");

/** One deployment of a project at a time, also when an earlier run was killed and its script still works. */
export function lock(place: Place): string {
  const folder = q(`${place.directory}/.quayside`);
  return [
    `mkdir -p -m 0700 ${folder}`,
    `exec 9>${folder}/lock`,
    `flock --wait 600 9 || { echo 'another deployment of this project has been at work for ten minutes' >&2; exit 1; }`,
  ].join("\n");
}

/** Runs Compose. Its output goes to a file, as it leaves a half-made container where it cannot write. */
export function compose(place: Place, words: readonly string[], timeout: number): string {
  return [
    `timeout --kill-after=20 ${Math.ceil(timeout) + 60} $compose ${words.join(" ")} >${q(`${place.directory}/.quayside/up.log`)} 2>&1`,
    "code=$?",
    `tail -n 30 ${q(`${place.directory}/.quayside/up.log`)} >&2`,
    "exit $code",
  ].join("\n");
}
