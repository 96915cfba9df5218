import { PRELUDE, q } from "../../provider/transport/shell.ts";

/** A step on a host, in plain text. */
export interface Step {
  name: string;
  /** POSIX sh; ends at the first failing command. */
  run: string;
  /** POSIX sh that exits 0 when the step was done already. */
  unless?: string;
  /** Shell variables that both see. */
  variables: Readonly<Record<string, string>>;
  /** Whether what a failing step says may be shown, or stays on the host. */
  shown: boolean;
}

/**
 * The script that goes to the host over standard input. Pure. What the step says goes into a file for root: a failing
 * command would otherwise be in the engine's error, with whatever it printed. Its standard output is the result.
 */
export function renderStep({ name, run, unless, variables, shown }: Step): string {
  const log = `/var/log/quayside/${name}.log`;
  return [
    PRELUDE.trimEnd(),
    "umask 077",
    "mkdir -p /var/log/quayside || exit 1",
    `log=${q(log)}`,
    ...Object.entries(variables).map(([key, value]) => `${key}=${q(value)}`),
    ...(unless === undefined
      ? []
      : ["(", unless, ') >"$log" 2>&1', '[ "$?" != 0 ] || { echo "done already"; exit 0; }']),
    "(",
    "set -eu",
    run,
    ') >"$log.out" 2>"$log"',
    "code=$?",
    'if [ "$code" != 0 ]; then',
    ...(shown ? ['  tail -n 20 "$log" >&2'] : []),
    `  echo ${q(`the step failed`)} "(exit code $code); what it said is in $log on the host, for root to read" >&2`,
    '  cat "$log.out" >>"$log"; rm -f "$log.out"',
    '  exit "$code"',
    "fi",
    'cat "$log.out"; rm -f "$log.out"',
  ].join("\n");
}
