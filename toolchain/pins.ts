import { readFileSync } from "node:fs";

/** Versions of what set-up gets, from `toolchain/pins`, the one place for them. */
export interface Pins {
  PULUMI_VERSION: string;
  HCLOUD_VERSION: string;
  COMMAND_VERSION: string;
  CLOUDFLARE_VERSION: string;
  GITHUB_VERSION: string;
  GO_VERSION: string;
  NPM_VERSION: string;
}

/** Reads the assignments of a shell file of pins. */
export function parsePins(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z0-9_]+)=(\S*)$/gm)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
}

export function readPins(): Pins {
  return parsePins(readFileSync(new URL("./pins", import.meta.url), "utf8")) as unknown as Pins;
}
