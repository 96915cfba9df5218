import type { z } from "zod";
import { HOST_TO_COME } from "../host.ts";
import { at, type Decoded, formatPath, type Path, type Properties, UNKNOWN, type Value } from "./values.ts";

export interface Fault {
  path: string;
  reason: string;
}

/**
 * Normalises inputs and lists every fault at once. What is still unknown in a preview is not judged; a secret's value
 * never reaches a message. On a host that is not known yet the inputs are already what they will be: a saved plan is held
 * to them.
 */
export function check(schema: z.ZodType, inputs: Decoded): { properties: Properties; faults: Fault[] } {
  // A schema is used a few times per run, which is less than compiling it costs.
  const later = inputs.properties.host === UNKNOWN;
  const judged = later ? { ...inputs.properties, host: HOST_TO_COME as unknown as Value } : inputs.properties;
  const result = schema.safeParse(judged, { jitless: true });
  if (result.success) {
    const properties = result.data as Properties;
    return { properties: later ? { ...properties, host: UNKNOWN } : properties, faults: [] };
  }
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
