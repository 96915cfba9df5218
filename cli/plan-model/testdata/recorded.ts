import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Preview, readPreview } from "../preview.ts";

/** A recording (see record.ts) as the engine printed it. @param name of one, or of several, each over the one before */
export function recordedJson(...names: string[]): string {
  const steps = new Map<string, string>();
  for (const line of names.flatMap(linesOf)) steps.set((JSON.parse(line) as { urn: string }).urn, line);
  return `{"steps":[${[...steps.values()].join(",")}]}`;
}

function linesOf(name: string): string[] {
  return readFileSync(join(import.meta.dirname, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
}

export function recorded(...names: string[]): Preview {
  return readPreview(recordedJson(...names));
}

/** The same preview once everything is deployed: each resource is there already, and stays as it is. */
export function deployedJson(...names: string[]): string {
  const { steps } = JSON.parse(recordedJson(...names)) as { steps: { urn: string; newState: object }[] };
  return JSON.stringify({
    steps: steps.map(({ urn, newState }) => ({ op: "same", urn, oldState: newState, newState })),
  });
}
