import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FirewallRule, ServerSpec } from "./driver.ts";

/** What the driver must remember of a server to start it again. Without its user data, which may hold secrets. */
export interface ServerRecord {
  spec: Omit<ServerSpec, "userData" | "volumes" | "networks">;
  volumes: { id: number; automount: boolean }[];
  firewall: FirewallRule[] | null;
}

/** The records of a lab's servers: a folder for each, which the host sees read-only. */
export class ServerRecords {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  folder(server: number): string {
    return join(this.#root, String(server));
  }

  async ids(): Promise<number[]> {
    const names = await readdir(this.#root).catch(() => []);
    return names.map(Number).filter((id) => Number.isInteger(id));
  }

  /** @throws Error when no such server was created. */
  async read(server: number): Promise<ServerRecord> {
    const text = await readFile(join(this.folder(server), "record.json"), "utf8").catch(() => undefined);
    if (text === undefined) throw new Error(`The lab has no machine for server ${server}`);
    return JSON.parse(text) as ServerRecord;
  }

  async write(server: number, record: ServerRecord): Promise<void> {
    await this.writeFile(server, "record.json", `${JSON.stringify(record, null, 2)}\n`);
  }

  /** Writes a file of the server's folder whole or not at all; only root may read it. */
  async writeFile(server: number, name: string, content: string): Promise<void> {
    const path = join(this.folder(server), name);
    await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
    await writeFile(`${path}.new`, content, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async remove(server: number): Promise<void> {
    await rm(this.folder(server), { recursive: true, force: true });
  }
}
