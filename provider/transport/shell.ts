/** Quotes one word for POSIX sh. */
export function q(word: string | number): string {
  const text = String(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command that writes `content` to its standard output; the content travels inside the script, never in argv. */
export function emit(content: string | Uint8Array): string {
  return decode("", content);
}

/** A command that writes `content`, be it empty, into the file `path`: a word as the shell reads it, quoted if need be. */
export function emitTo(path: string, content: string | Uint8Array): string {
  return decode(` > ${path}`, content);
}

function decode(to: string, content: string | Uint8Array): string {
  const encoded = Buffer.from(content)
    .toString("base64")
    .replace(/.{1,1000}/g, "$&\n");
  return `base64 -d${to} <<'QUAYSIDE_DATA'\n${encoded}QUAYSIDE_DATA`;
}

/** What a script's environment is on every host: no locale, no pager, and the system's own commands found. */
export const PRELUDE =
  "export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive\n";

/** Reads the script from standard input whole before running it, so that no command in it can swallow the rest. */
export const INTERPRETER = `sh -c 'eval "$(cat)" </dev/null'`;
