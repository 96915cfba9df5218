import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Preview, readPreview } from "../preview.ts";

/** A recording (see record.ts) as the engine printed it. */
export function recordedJson(name: string): string {
  const lines = readFileSync(join(import.meta.dirname, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
  return `{"steps":[${lines.join(",")}]}`;
}

export function recorded(name: string): Preview {
  return readPreview(recordedJson(name));
}

/** The same preview once everything is deployed: each resource is there already, and stays as it is. */
export function deployedJson(name: string): string {
  const { steps } = JSON.parse(recordedJson(name)) as { steps: { urn: string; newState: object }[] };
  return JSON.stringify({
    steps: steps.map(({ urn, newState }) => ({ op: "same", urn, oldState: newState, newState })),
  });
}
