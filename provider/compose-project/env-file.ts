/** The file `.env` in Compose's dialect. Double quotes carry every value, line breaks and dollar signs included. */
export function formatEnv(env: Readonly<Record<string, string>>): string {
  const lines = Object.keys(env)
    .sort()
    .map((key) => `${key}="${escapeDoubleQuoted(env[key] ?? "")}"\n`);
  return `# Written by Quayside; changes made here by hand are undone.\n${lines.join("")}`;
}

function escapeDoubleQuoted(value: string): string {
  return value
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("$", "\\$")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}

/** Reads what {@link formatEnv} wrote, and the plain lines that a person writes. */
export function parseEnv(text: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/s.exec(line);
    if (match?.[1]) env[match[1]] = unquote((match[2] ?? "").trim());
  }
  return env;
}

function unquote(value: string): string {
  if (/^'.*'$/s.test(value)) return value.slice(1, -1);
  if (!/^".*"$/s.test(value)) return value;
  return value
    .slice(1, -1)
    .replace(/\\(.)/gs, (_, character: string) => ({ n: "\n", r: "\r" })[character] ?? character);
}
