/** Asks the hosts of a stack something, over SSH as deploys do. */
import { readFileSync } from "node:fs";
import type { HostConnection } from "../provider/host.ts";
import type { ScriptResult } from "../provider/transport/connection.ts";
import { type Resource, UNKNOWN } from "./plan-model/resource.ts";

/** How long a host that does not answer is waited for, in seconds: somebody is watching. */
const PATIENCE = 5;

/** The hosts that resources are on, as they are connected to; those without an address yet are left out. */
export function connectionsOf(resources: readonly Resource[]): HostConnection[] {
  const found = resources.flatMap(({ type, inputs }) => {
    const { host } = inputs;
    return type.startsWith("quayside:host:") && isConnection(host) ? [{ ...host, patience: PATIENCE }] : [];
  });
  return [...new Map(found.map((host) => [host.name, host])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isConnection(value: unknown): value is HostConnection {
  const { name, address } = (value ?? {}) as Partial<HostConnection>;
  return typeof name === "string" && typeof address === "string" && address !== UNKNOWN && address !== "";
}

/** What a host said, or why it said nothing. */
export type Answer = { host: HostConnection } & ({ result: ScriptResult } | { error: string });

/**
 * Runs a script that changes nothing on hosts, side by side.
 *
 * @param keyFile - The stack's private key; without one, what the person logs in with.
 */
export async function askHosts(
  hosts: readonly HostConnection[],
  script: string,
  keyFile: string | undefined,
): Promise<Answer[]> {
  if (hosts.length === 0) return [];
  const [{ ConnectionPool }, { PRELUDE }] = await Promise.all([
    import("../provider/transport/pool.ts"),
    import("../provider/transport/shell.ts"),
  ]);
  const pool = new ConnectionPool();
  if (keyFile !== undefined) pool.settings = { privateKey: readFileSync(keyFile, "utf8") };
  try {
    return await Promise.all(
      hosts.map(async (host): Promise<Answer> => {
        try {
          return { host, result: await (await pool.get(host)).run(PRELUDE + script) };
        } catch (error) {
          return { host, error: (error as Error).message };
        }
      }),
    );
  } finally {
    await pool.close();
  }
}
