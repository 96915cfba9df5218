import type { Readable } from "node:stream";
import type { ReadStream } from "node:tty";

/**
 * Reads a secret: from a terminal without showing it, else all of standard input.
 *
 * @param prompt - Shown on standard error, on a terminal only.
 * @returns Without the newline that ends a single line; text of several lines (a private key) is kept as it is.
 */
export async function readSecretValue(prompt: string): Promise<string> {
  if (!process.stdin.isTTY) return trimSingleLine(await readAll(process.stdin));
  process.stderr.write(prompt);
  try {
    return await readHidden(process.stdin);
  } finally {
    process.stderr.write("\n");
  }
}

/** `printf` and `echo` shall mean the same, and a key file keeps the newline that SSH clients insist on. */
export function trimSingleLine(text: string): string {
  const line = text.replace(/\r?\n$/, "");
  return line.includes("\n") ? text : line;
}

async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** One line in raw mode: enter ends it, backspace takes back, ctrl-C and ctrl-D end the process. */
function readHidden(terminal: ReadStream): Promise<string> {
  return new Promise((resolve) => {
    let line = "";
    const finish = () => {
      terminal.off("data", onData);
      terminal.setRawMode(false);
      terminal.pause();
    };
    const onData = (data: Buffer) => {
      for (const character of data.toString("utf8")) {
        if (character === "\r" || character === "\n") {
          finish();
          resolve(line);
          return;
        }
        if (character === "\u0003" || character === "\u0004") {
          finish();
          process.stderr.write("\n");
          process.exit(130);
        }
        line = character === "\u007f" || character === "\b" ? line.slice(0, -1) : line + character;
      }
    };
    terminal.setRawMode(true);
    terminal.resume();
    terminal.on("data", onData);
  });
}
