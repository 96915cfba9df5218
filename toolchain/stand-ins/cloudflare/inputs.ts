import type { Properties } from "../../../provider/engine/values.ts";
import type { Kind } from "./kind.ts";

export interface Fault {
  path: string;
  reason: string;
}

/** What the stand-in does not know it refuses: a test that leans on it would prove nothing. */
export function checkInputs({ required, optional }: Kind, inputs: Properties): Fault[] {
  const missing = required.filter((key) => inputs[key] === undefined);
  const unknown = Object.keys(inputs).filter((key) => !required.includes(key) && !optional.includes(key));
  return [
    ...missing.map((path) => ({ path, reason: "is required" })),
    ...unknown.map((path) => ({ path, reason: "is unknown to this stand-in" })),
  ];
}
