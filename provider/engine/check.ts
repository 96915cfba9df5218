import type { z } from "zod";
import { at, type Decoded, formatPath, type Path, type Properties } from "./values.ts";

export interface Fault {
  path: string;
  reason: string;
}

/**
 * Normalises inputs and lists every fault at once. What is still unknown in a preview is not judged; a secret's value
 * never reaches a message.
 */
export function check(schema: z.ZodType, inputs: Decoded): { properties: Properties; faults: Fault[] } {
  // A schema is used a few times per run, which is less than compiling it costs.
  const result = schema.safeParse(inputs.properties, { jitless: true });
  if (result.success) return { properties: result.data as Properties, faults: [] };
  const faults = result.error.issues
    .filter(
      (issue) => !inputs.unknowns.some((unknown) => startsWith(issue.path, unknown) || startsWith(unknown, issue.path)),
    )
    .map((issue) => ({ path: formatPath(issue.path), reason: reasonOf(issue, inputs) }));
  return { properties: inputs.properties, faults };
}

function reasonOf(issue: z.core.$ZodIssue, inputs: Decoded): string {
  const value = at(inputs.properties, issue.path as Path);
  const secret = inputs.secrets.some((path) => startsWith(issue.path, path));
  const shown = !secret && (typeof value === "string" || typeof value === "number" || typeof value === "boolean");
  if (issue.code === "invalid_key") return issue.issues.map((inner) => inner.message).join("; ");
  if (issue.code === "unrecognized_keys") return `unknown ${issue.keys.map((key) => `"${key}"`).join(", ")}`;
  return shown ? `${issue.message} (got ${JSON.stringify(value)})` : issue.message;
}

function startsWith(path: readonly PropertyKey[], prefix: readonly PropertyKey[]): boolean {
  return prefix.every((step, index) => path[index] === step);
}
