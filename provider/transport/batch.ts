import { randomUUID } from "node:crypto";
import type { ScriptResult } from "./connection.ts";
import { UnreachableError } from "./errors.ts";

/** Long enough for scripts that the engine asks for together to meet, too short to be felt. */
const WINDOW_MS = 4;

interface Pending {
  script: string;
  resolve: (result: ScriptResult) => void;
  reject: (error: unknown) => void;
}

/** Gathers the scripts that arrive together for one host and sends them as one. */
export class ScriptBatch {
  #pending: Pending[] = [];
  readonly #run: (script: string) => Promise<ScriptResult>;

  constructor(run: (script: string) => Promise<ScriptResult>) {
    this.#run = run;
  }

  add(script: string): Promise<ScriptResult> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ script, resolve, reject });
      if (this.#pending.length === 1) setTimeout(() => this.#flush(), WINDOW_MS);
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    const boundary = `--quayside-${randomUUID()}`;
    try {
      const result = await this.#run(
        joinScripts(
          batch.map((entry) => entry.script),
          boundary,
        ),
      );
      const results = splitOutput(result, boundary);
      batch.forEach((entry, index) => {
        // Without an end mark the host never got that far: sudo refused, the shell is missing, it was killed.
        const own = results[index];
        entry.resolve(own ?? { ...result, code: result.code || 255, stdout: "" });
      });
    } catch (error) {
      batch.forEach((entry, index) => {
        entry.reject(index > 0 && error instanceof UnreachableError ? error.again() : error);
      });
    }
  }
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
