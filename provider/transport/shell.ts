/** Quotes one word for POSIX sh. */
export function q(word: string | number): string {
  const text = String(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command that writes `content` to its standard output; the content travels inside the script, never in argv. */
export function emit(content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content);
  if (bytes.length === 0) return ":";
  return `base64 -d <<'QUAYSIDE_DATA'\n${bytes.toString("base64").replace(/.{1,1000}/g, "$&\n")}QUAYSIDE_DATA`;
}

/** What a script's environment is on every host: no locale, no pager, and the system's own commands found. */
export const PRELUDE =
  "export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive\n";

/** Reads the script from standard input whole before running it, so that no command in it can swallow the rest. */
export const INTERPRETER = `sh -c 'eval "$(cat)" </dev/null'`;
