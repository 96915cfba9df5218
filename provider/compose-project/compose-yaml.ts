import { parse, stringify } from "yaml";
import type { Value } from "../engine/values.ts";
import type { ComposeFile } from "./compose-file.ts";

export function renderCompose(compose: ComposeFile): string {
  const header = "# Written by Quayside; changes made here by hand are undone.\n";
  return header + stringify(compose, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What a compose file on a host says; a note in its place when it is no YAML. */
export function parseCompose(text: string): Value {
  try {
    return parse(text) as Value;
  } catch (error) {
    return { unreadable: String((error as Error).message).split("\n")[0] ?? "" };
  }
}
