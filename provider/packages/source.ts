import { z } from "zod";

/** An apt repository with its defaults; see `AptSource`. */
export interface AptSourceInputs {
  uris: string[];
  suites: string[];
  components: string[];
  architectures?: string[];
  signedBy: string;
}

const word = z.string().regex(/^\S+$/, "one word is needed, without spaces");
const words = z.array(word).min(1, "at least one is needed");

export const sourceName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, "a file name is needed, such as docker")
  .transform((name) => name.replace(/\.sources$/, ""));

export const sourceSchema = z.strictObject({
  uris: words,
  suites: words,
  components: z.array(word).default([]),
  architectures: words.optional(),
  signedBy: z
    .string()
    .regex(
      /^\/\S+$|^\s*-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*-----END PGP PUBLIC KEY BLOCK-----\s*$/,
      "an ASCII-armored public key is needed, or the absolute path of a keyring on the host",
    )
    .transform(normaliseKey),
});

export const sourceFile = (name: string) => `/etc/apt/sources.list.d/${name}.sources`;

/** The source in deb822 format, a key inside it. */
export function renderSource(source: AptSourceInputs): string {
  const lines = ["Types: deb", `URIs: ${source.uris.join(" ")}`, `Suites: ${source.suites.join(" ")}`];
  if (source.components.length > 0) lines.push(`Components: ${source.components.join(" ")}`);
  if (source.architectures) lines.push(`Architectures: ${source.architectures.join(" ")}`);
  if (source.signedBy.startsWith("/")) lines.push(`Signed-By: ${source.signedBy}`);
  else lines.push("Signed-By:", ...source.signedBy.split("\n").map((line) => ` ${line || "."}`));
  return `${lines.join("\n")}\n`;
}

/** Reads a deb822 source; what it leaves out is empty. */
export function parseSource(text: string): AptSourceInputs {
  const fields = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split("\n")) {
    if (/^\s/.test(line)) {
      const value = line.trim();
      current.push(value === "." ? "" : value);
      continue;
    }
    const [, key, value = ""] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (!key) continue;
    current = value ? [value.trim()] : [];
    fields.set(key.toLowerCase(), current);
  }
  const list = (key: string) => (fields.get(key) ?? []).flatMap((value) => value.split(/\s+/)).filter(Boolean);
  const architectures = list("architectures");
  return {
    uris: list("uris"),
    suites: list("suites"),
    components: list("components"),
    ...(architectures.length > 0 && { architectures }),
    signedBy: normaliseKey((fields.get("signed-by") ?? []).join("\n")),
  };
}

function normaliseKey(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim())
    .join("\n");
}
