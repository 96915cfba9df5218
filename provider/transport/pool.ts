import { describeConnection, type HostConnection } from "../host.ts";
import { Connection } from "./connection.ts";
import { type CredentialSettings, findCredentials } from "./credentials.ts";
import { HostError, UnreachableError } from "./errors.ts";

/** The connections of a run: one per host, opened when the first script needs it. */
export class ConnectionPool {
  readonly #connections = new Map<string, Promise<Connection>>();
  readonly #unreachable = new Set<string>();
  settings: CredentialSettings = {};

  /** @throws UnreachableError for who tries first, in short for all others: nobody waits once per resource. */
  async get(host: HostConnection): Promise<Connection> {
    const key = keyOf(host);
    const existing = this.#connections.get(key);
    if (existing) {
      const connection = await existing.catch((error: unknown) => {
        throw error instanceof UnreachableError ? error.again() : error;
      });
      if (!connection.closed) return connection;
      // A lost connection is opened anew by the first who finds it so; the others share that attempt.
      if (this.#connections.get(key) !== existing) return this.get(host);
    }
    const opening = this.#open(host);
    this.#connections.set(key, opening);
    opening.catch(() => this.#unreachable.add(key));
    return opening;
  }

  /** Proves on a connection of its own that the host lets us in there now; running scripts go on undisturbed. */
  async prove(host: HostConnection): Promise<void> {
    const fresh = await this.#open(host);
    try {
      const { code, stderr } = await fresh.run("true");
      if (code !== 0) {
        const said = stderr.trim() || `exit code ${code}`;
        throw new HostError(`${host.name} (${describeConnection(host)}): a new login cannot run anything: ${said}`);
      }
    } finally {
      fresh.close();
    }
    // It may have been shut for a moment: what was found then does not hold any more.
    const key = keyOf(host);
    if (this.#unreachable.delete(key)) this.#connections.delete(key);
  }

  async #open(host: HostConnection): Promise<Connection> {
    try {
      return await Connection.open(host, findCredentials(this.settings));
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      throw new UnreachableError(`${host.name} (${describeConnection(host)})`, error.message);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#connections.values()];
    this.#connections.clear();
    for (const connection of all) (await connection.catch(() => undefined))?.close();
  }
}

/**
 * Tells one connection from another. Two ways to one address lead to two machines where they go through different ones, or
 * where the machine was made anew meanwhile.
 */
export function keyOf(host: HostConnection): string {
  const { name, address, port = 22, user = "root", hostKey, machine, jump, otherwise } = host;
  return JSON.stringify([
    name,
    address,
    port,
    user,
    hostKey,
    machine,
    jump && keyOf(jump),
    otherwise && keyOf(otherwise),
  ]);
}
