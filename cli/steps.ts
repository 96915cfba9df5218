import { Listr, ListrLogger, ProcessOutput } from "listr2";

/** Tells how far a step is; the last line stays on display while the step runs. */
export type Report = (line: string) => void;

export interface Step {
  title: string;
  run(report: Report): Promise<string | undefined>;
}

const live = process.stdout.isTTY === true && !process.env["CI"];
/** https://no-color.org */
const bold = live && !process.env["NO_COLOR"];

/** Standard output may be for a program: what is said meanwhile is no part of the result. */
const aside = new ListrLogger({ useIcons: true, processOutput: new ProcessOutput(process.stderr, process.stderr) });

/** On a plain stream a long step says something this often, so that a log shows that it lives. */
const QUIET_MS = 20_000;

/**
 * Runs steps side by side with their progress on display: redrawn lines on a terminal, plain lines elsewhere. The text
 * that a step returns replaces its title.
 */
export async function runSteps(...steps: Step[]): Promise<void> {
  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (_context: unknown, task: { title: string; output: string }): Promise<void> => {
      const started = Date.now();
      const show: Report = (line) => {
        task.output = line;
      };
      const result = await step.run(live ? show : throttled(show));
      task.title = `${result ?? step.title} (${duration(Date.now() - started)})`;
    },
  }));
  const options = { concurrent: true, exitOnError: true, registerSignalListeners: false };
  await (live
    ? new Listr(tasks, { ...options, renderer: "default", rendererOptions: { showErrorMessage: false } })
    : new Listr(tasks, { ...options, renderer: "simple", rendererOptions: { logger: aside } })
  ).run();
}

function throttled(write: Report): Report {
  let last = 0;
  return (line) => {
    if (Date.now() - last < QUIET_MS) return;
    last = Date.now();
    write(line);
  };
}

/** `0.8 s`, `12 s`, `3 min 05 s`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** A heading between the outputs of other programs. */
export function heading(text: string): void {
  process.stdout.write(`\n${bold ? `\x1b[1m${text}\x1b[0m` : `== ${text}`}\n`);
}
