import { emit, q } from "../transport/shell.ts";
import { COMPOSE, compose, lock, type Place, stagedIn } from "./place.ts";
import { trialOf } from "./trial.ts";

/**
 * Starts the staged version of some services as a project of its own, which the one that serves knows nothing of. The
 * host takes it away on its own clock, should this run not live to do so.
 */
export function startTrial(place: Place, file: string, timeout: number): string {
  const name = q(trialOf(place.project));
  const deadline = 2 * Math.ceil(timeout) + 120;
  return [
    "trap '' HUP PIPE",
    COMPOSE,
    lock(place),
    `systemd-run --quiet --collect --on-active=${deadline} --timer-property=AccuracySec=1s --unit=${unit(place)} /bin/sh -c ${q(remove(place))} || exit 1`,
    `{\n${emit(file)}\n} |`,
    compose(
      place,
      [
        `--project-name ${name} --project-directory ${q(stagedIn(place))} --file -`,
        "up --detach --no-build --pull never",
      ],
      timeout,
    ),
  ].join("\n");
}

/** Takes a trial away, whatever became of it. @param gracefully give its programs the time to end that they ask for */
export function endTrial(place: Place, gracefully = false): string {
  return [
    `systemctl stop ${unit(place)}.timer ${unit(place)}.service 2>/dev/null || :`,
    ...(gracefully ? [`trial=$(${list(place)}); [ -z "$trial" ] || docker stop $trial >/dev/null || :`] : []),
    remove(place),
  ].join("\n");
}

function remove(place: Place): string {
  return `trial=$(${list(place)}); [ -z "$trial" ] || docker rm --force --volumes $trial >/dev/null`;
}

function list(place: Place): string {
  return `docker ps --all --quiet --filter ${q(`label=com.docker.compose.project=${trialOf(place.project)}`)}`;
}

function unit(place: Place): string {
  return q(`quayside-trial-${place.project}`);
}
