import { randomUUID } from "node:crypto";
import type { ScriptResult } from "./connection.ts";
import { UnreachableError } from "./errors.ts";

/** Long enough for scripts that the engine asks for together to meet, too short to be felt. */
const WINDOW_MS = 4;
/** What comes while so many are on the host goes together afterwards: each costs it a shell, and time. */
const AT_ONCE = 4;

/**
 * A script that is as good for others of its kind together: one for all of their parts costs the host less than one for
 * each. Everybody gets the whole output. Where the one fails, each is run by itself.
 */
export interface JointScript<Part> {
  parts: readonly Part[];
  /** The kind: those with the same function go together. */
  join(parts: readonly Part[]): string;
}

/** Runs a script of so many parts on the host. */
type Run = (script: string, parts: number) => Promise<ScriptResult>;

interface Pending {
  script: string | JointScript<unknown>;
  resolve: (result: ScriptResult) => void;
  reject: (error: unknown) => void;
}

/** Gathers the scripts that arrive together for one host and sends them as one. */
export class ScriptBatch {
  #pending: Pending[] = [];
  #gathering = false;
  #running = 0;
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  add<Part>(script: string | JointScript<Part>): Promise<ScriptResult> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ script: script as Pending["script"], resolve, reject });
      this.#gather();
    });
  }

  #gather(): void {
    if (this.#gathering || this.#running >= AT_ONCE || this.#pending.length === 0) return;
    this.#gathering = true;
    setTimeout(() => this.#flush(), WINDOW_MS);
  }

  async #flush(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    this.#gathering = false;
    this.#running += 1;
    await this.#send(batch);
    this.#running -= 1;
    this.#gather();
  }

  async #send(batch: readonly Pending[]): Promise<void> {
    const boundary = `--quayside-${randomUUID()}`;
    const groups = grouped(batch);
    const cut: Pending[] = [];
    try {
      const result = await this.#run(joinScripts(groups.map(scriptOf), boundary), batch.length);
      const results = splitOutput(result, boundary);
      groups.forEach((group, index) => {
        if (!results[index] && result.lateAfter !== undefined && batch.length > 1) {
          cut.push(...group);
          return;
        }
        // Without an end mark the host never got that far: sudo refused, the shell is missing, it was killed.
        const own = results[index] ?? { ...result, code: result.code || 255, stdout: "" };
        if (own.code === 0 || group.length === 1) for (const entry of group) entry.resolve(own);
        else this.#pending.push(...group.map((entry) => ({ ...entry, script: scriptOf([entry]) })));
      });
    } catch (error) {
      batch.forEach((entry, index) => {
        entry.reject(index > 0 && error instanceof UnreachableError ? error.again() : error);
      });
    }
    // One that hangs holds up those after it: each for itself, it is the only one to fail.
    await Promise.all(cut.map((entry) => this.#send([entry])));
  }
}

/** What goes together, in the order in which it came. */
function grouped(batch: readonly Pending[]): Pending[][] {
  const kind = (entry: Pending) => (typeof entry.script === "string" ? entry : entry.script.join);
  return [...Map.groupBy(batch, kind).values()];
}

function scriptOf(group: readonly Pending[]): string {
  const [first] = group;
  if (typeof first?.script !== "object") return first?.script ?? "";
  return first.script.join(group.flatMap(({ script }) => (typeof script === "string" ? [] : script.parts)));
}

/** One script that runs each part in a shell of its own and marks where its output ends. */
export function joinScripts(scripts: string[], boundary: string): string {
  return scripts
    .map(
      (script) =>
        // Not `( … ) || printf`: in the left part of a list the shell ignores the script's own `set -e`.
        `( :\n${script}\n)\ncode=$?; [ $code -eq 0 ] || printf '\\n${boundary} failed %s' "$code"\n` +
        `printf '\\n${boundary} end\\n'; printf '\\n${boundary} end\\n' >&2\n`,
    )
    .join("");
}

/** The parts' results, in order; a part whose end mark is missing is left out. */
export function splitOutput(output: ScriptResult, boundary: string): ScriptResult[] {
  const parts = output.stdout.split(`\n${boundary} end\n`);
  parts.pop();
  const complaints = output.stderr.split(`\n${boundary} end\n`);
  return parts.map((part, index) => {
    const failed = part.lastIndexOf(`\n${boundary} failed `);
    if (failed < 0) return { code: 0, stdout: part, stderr: "" };
    const code = Number(part.slice(failed).trim().split(" ").at(-1));
    return { code, stdout: part.slice(0, failed), stderr: complaints[index] ?? "" };
  });
}
