import type { TestHost } from "../../tests/e2e/harness/host.ts";
import type { Command } from "../measure.ts";

/** `first`: onto a host that has nothing. `again`: the host is looked at, nothing is to do. `drift`: changes nothing. */
export type Phase = "first" | "again" | "drift";

/** One way to keep the seventy items on a host. */
export interface Tool {
  name: string;
  /** Writes its input. Not measured. @param folder its own, empty */
  prepare(folder: string, host: TestHost): Promise<void>;
  /** Forgets what it knows of the host before a first run. Not measured. */
  forget(): Promise<void>;
  command(phase: Phase): Command;
  /** How many items it says it changed, or would change. */
  changes(output: string): number;
}
