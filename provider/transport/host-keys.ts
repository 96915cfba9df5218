import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Public part of a host key: type and base64 of the key itself, without a comment. */
export function normaliseHostKey(line: string): string {
  const [type, key] = line.trim().split(/\s+/);
  return `${type} ${key}`;
}

/** `ssh-ed25519 AAAA…` from the wire form that the SSH handshake delivers. */
export function encodeHostKey(wire: Buffer): string {
  const length = wire.readUInt32BE(0);
  return `${wire.subarray(4, 4 + length).toString("latin1")} ${wire.toString("base64")}`;
}

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprint(hostKey: string): string {
  const key = hostKey.split(/\s+/)[1] ?? "";
  return `SHA256:${createHash("sha256").update(Buffer.from(key, "base64")).digest("base64").replace(/=+$/, "")}`;
}

/** Keys of hosts without a pinned one, recorded on the first connection in OpenSSH's `known_hosts` format. */
export class KnownHosts {
  readonly file: string;

  constructor(file = defaultFile()) {
    this.file = file;
  }

  lookup(address: string, port: number): string | undefined {
    if (!existsSync(this.file)) return undefined;
    const name = entryName(address, port);
    const line = readFileSync(this.file, "utf8")
      .split("\n")
      .find((entry) => entry.startsWith(`${name} `));
    return line && normaliseHostKey(line.slice(name.length + 1));
  }

  record(address: string, port: number, hostKey: string): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    appendFileSync(this.file, `${entryName(address, port)} ${hostKey}\n`, { mode: 0o600 });
  }
}

function entryName(address: string, port: number): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

function defaultFile(): string {
  const state = process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state");
  return process.env.QUAYSIDE_KNOWN_HOSTS ?? join(state, "quayside", "known_hosts");
}
