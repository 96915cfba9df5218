import { q } from "../transport/shell.ts";

/**
 * The script with its variables, stopping at the first failing command. It is one word that is evaluated: a syntax
 * error in it ends this script and not its neighbours.
 */
export function withInput(script: string, input: Readonly<Record<string, string>> = {}): string {
  const variables = Object.entries(input).map(([name, value]) => `export ${name}=${q(value)}`);
  return [...variables, "set -eu", `eval ${q(script)}`].join("\n");
}
