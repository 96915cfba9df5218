/** Where a command's result goes that is a file rather than something to read. */
import { writeFileSync } from "node:fs";
import { UserError } from "./errors.ts";

/** @throws UserError on a terminal, which nobody wants filled with markup. */
export function refuseTerminal(what: string, file: string): void {
  if (!process.stdout.isTTY) return;
  throw new UserError(`the result is ${what}, and standard output is a terminal.`, `Add --out ${file}, or pipe it.`);
}

/** @throws UserError when the file cannot be written. */
export function writeResult(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
  process.stderr.write(`quay: wrote ${file}\n`);
}
