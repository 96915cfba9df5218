import { rmSync } from "node:fs";
import { join } from "node:path";
import { labRoot } from "../lab/places.ts";

/** Forgets the lab stack's state, once the machines that it describes are gone. */
export function forgetLabStack(): void {
  rmSync(join(labRoot(), "pulumi"), { recursive: true, force: true });
}
