import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { AssetValue } from "./engine/values.ts";

/** The bytes of declared content: text as UTF-8, an asset from its file (relative to the program). */
export async function contentBytes(content: string | AssetValue): Promise<Buffer> {
  if (typeof content === "string") return Buffer.from(content, "utf8");
  if (content.asset.text !== undefined) return Buffer.from(content.asset.text, "utf8");
  return readFile(resolve(process.cwd(), content.asset.path ?? ""));
}
