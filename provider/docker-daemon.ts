import type { Session } from "./transport/session.ts";

/** Ends a script quietly where Docker is not installed: nothing of Docker's can be there. */
export const UNLESS_INSTALLED = "command -v docker >/dev/null 2>&1 || exit 0";

/** How long, in seconds, Docker may take for an answer; a busy host's takes a few. */
const PATIENCE = 30;

/**
 * Has a script ask Docker no longer than this: a daemon that hangs would hold up whoever asks for ever, and all that are
 * asked for together with it. What was given up is marked on the script's standard output for {@link requireDocker},
 * also from within `$(…)`.
 */
export function askDockerFor(seconds = PATIENCE): string {
  return [
    "exec 3>&1",
    "docker() {",
    `  timeout --kill-after=5 ${seconds} docker "$@"; asked=$?`,
    "  case $asked in 124|137) printf '\\n@docker hangs\\n' >&3 ;; esac",
    "  return $asked",
    "}",
  ].join("\n");
}

/**
 * Stops a script, saying so on standard output, unless Docker's daemon answers; {@link requireDocker} reads it. On
 * standard output, as standard error is shared by all reads of one moment.
 */
export const PING = [
  "command -v docker >/dev/null 2>&1 || { echo '@docker absent'; exit 0; }",
  askDockerFor(),
  "said=$(docker info --format . 2>&1) || { printf '@docker silent %s\\n' \"$said\"; exit 0; }",
].join("\n");

/** Turns what {@link PING}, or a script with the same marks, printed into an error with a remedy. @returns the output */
export function requireDocker(session: Session, output: string): string {
  if (isAbsent(output)) {
    throw session.fail(
      "Docker is not installed, so nothing was changed. Declare a DockerEngine for this host (and let this resource " +
        "depend on it), or install it by hand: apt-get install docker.io docker-compose.",
    );
  }
  if (/^@docker hangs$/m.test(output)) {
    throw session.fail(
      `Docker's daemon hangs: it does not answer within ${PATIENCE} s. See why on the host with \`journalctl -u docker\`; ` +
        "`systemctl restart docker` restarts it and its containers. Then run again.",
    );
  }
  if (output.startsWith("@docker silent")) {
    const said = output.slice("@docker silent".length).trim().split("\n").at(-1);
    throw session.fail(
      `Docker's daemon does not answer: ${said || "it said nothing"}\n` +
        "See why on the host with `systemctl status docker` and `journalctl -u docker`; `systemctl start docker` starts it.",
    );
  }
  return output;
}

/** Whether a script that marks it found no Docker at all. */
export function isAbsent(output: string): boolean {
  return output.startsWith("@docker absent");
}
