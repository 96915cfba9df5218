import { createHash } from "node:crypto";
import { contentBytes } from "../content.ts";
import type { AssetValue } from "../engine/values.ts";
import { account, content, mode } from "../schema.ts";

/** What a file should have besides a path, after defaults. */
export interface FileEntry {
  content: string | AssetValue;
  mode: string;
  owner: string;
  group: string;
}

/** Pieces of the schemas of `File` and `Files`. */
export const entrySchema = {
  content,
  mode: mode.default("0644"),
  owner: account.default("root"),
  group: account.default("root"),
};

/** SHA-256 of declared content, in hexadecimal. An asset's comes from the engine, so that its file may be gone. */
export async function contentHash(content: string | AssetValue): Promise<string> {
  if (typeof content !== "string" && content.asset.hash) return content.asset.hash;
  return createHash("sha256")
    .update(await contentBytes(content))
    .digest("hex");
}
