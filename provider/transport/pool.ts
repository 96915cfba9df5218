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

  /** Opens a second connection and makes it the host's own: proof that the host still lets us in. */
  async renew(host: HostConnection): Promise<void> {
    const fresh = await Connection.open(host, findCredentials(this.settings));
    const old = this.#connections.get(keyOf(host));
    this.#connections.set(keyOf(host), Promise.resolve(fresh));
    (await old?.catch(() => undefined))?.close();
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
