import { createInterface } from "node:readline/promises";

/** Whether somebody is there to be asked: on a terminal, unless CI has made one. */
export function isAttended(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && !env["CI"];
}

/** Asks on the terminal; anything but yes is no, ctrl-C and ctrl-D among it. @param question - `Remove it?` */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<string>((resolve) => {
    terminal.once("close", () => {
      process.stdout.write("\n");
      resolve("");
    });
  });
  const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
  terminal.removeAllListeners("close");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
