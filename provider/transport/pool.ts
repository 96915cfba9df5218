import type { HostConnection } from "../host.ts";
import { Connection } from "./connection.ts";
import { type CredentialSettings, findCredentials } from "./credentials.ts";

/** The connections of a run: one per host, opened when the first script needs it. */
export class ConnectionPool {
  readonly #connections = new Map<string, Promise<Connection>>();
  settings: CredentialSettings = {};

  async get(host: HostConnection): Promise<Connection> {
    const key = keyOf(host);
    const existing = this.#connections.get(key);
    if (existing) {
      const connection = await existing.catch(() => undefined);
      if (connection && !connection.closed) return connection;
      // A failed or lost connection is tried anew by the first who finds it so; the others share that attempt.
      if (this.#connections.get(key) !== existing) return this.get(host);
    }
    const opening = Connection.open(host, findCredentials(this.settings));
    this.#connections.set(key, opening);
    return opening;
  }

  /** Proves on a connection of its own that the host lets us in there now; running scripts go on undisturbed. */
  async prove(host: HostConnection): Promise<void> {
    const fresh = await Connection.open(host, findCredentials(this.settings));
    try {
      await fresh.run("true");
    } finally {
      fresh.close();
    }
  }

  async close(): Promise<void> {
    const all = [...this.#connections.values()];
    this.#connections.clear();
    for (const connection of all) (await connection.catch(() => undefined))?.close();
  }
}

function keyOf(host: HostConnection): string {
  return JSON.stringify([host.name, host.address, host.port ?? 22, host.user ?? "root", host.hostKey ?? ""]);
}
