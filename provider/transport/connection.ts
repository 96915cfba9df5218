import type { Client, ClientChannel, ConnectConfig } from "ssh2";
import { describeConnection, type HostConnection } from "../host.ts";
import type { Credentials } from "./credentials.ts";
import { HostError } from "./errors.ts";
import { encodeHostKey, fingerprint, KnownHosts, normaliseHostKey } from "./host-keys.ts";
import { Semaphore } from "./semaphore.ts";
import { INTERPRETER } from "./shell.ts";

/** sshd's MaxSessions is 10; two are left for a person who looks in. */
const CHANNELS = 8;
/** What takes its time leaves the others to what many wait for. */
const LONG = 5;
/** sshd's MaxStartups starts dropping at 10; connections to many hosts are opened a few at a time. */
const connects = new Semaphore(6);
const HANDSHAKE_MS = 15_000;
/** How long a host that we go through may take to reach the one behind it; by itself it would try for minutes. */
const TUNNEL_MS = 8_000;
/** Seconds until a script is left to itself that was to be given up and goes on. */
const UNENDED_SECONDS = 15;
/** What `timeout` ends with, too. */
const UNENDED = 124;
/** How long to go on asking for a channel that the host refuses. */
const CHANNEL_PATIENCE_MS = 10_000;

export interface ScriptResult {
  code: number;
  stdout: string;
  stderr: string;
  /** The seconds after which it was given up; what it printed until then is there. */
  lateAfter?: number;
}

/** One SSH connection to one host, shared by everything that happens there in a run. */
export class Connection {
  readonly #client: Client;
  readonly #channels = new Semaphore(CHANNELS);
  readonly #long = new Semaphore(LONG);
  readonly #host: HostConnection;
  closed = false;

  private constructor(host: HostConnection, client: Client) {
    this.#host = host;
    this.#client = client;
    client.on("close", () => {
      this.closed = true;
    });
    client.on("error", () => {
      this.closed = true;
    });
  }

  /** Connects by the first way that leads there, trying again with growing pauses while the host may still be booting. */
  static async open(host: HostConnection, credentials: Credentials): Promise<Connection> {
    const deadline = Date.now() + (host.patience ?? 20) * 1000;
    for (let pause = 250; ; pause = Math.min(pause * 1.6, 5000)) {
      const failures: Failure[] = [];
      for (const way of waysTo(host)) {
        try {
          return new Connection(way, await connects.run(() => connect(way, credentials)));
        } catch (error) {
          failures.push({ way, error });
          // Who is not the host is not gone around.
          if (error instanceof HostError) throw error;
        }
      }
      const passing = failures.some(({ error }) => isPassing(error));
      if (!passing || Date.now() + pause > deadline) throw explainAll(host, failures);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Runs a script that may take its time. */
  run(script: string): Promise<ScriptResult> {
    return this.#long.run(() => this.runShort(script));
  }

  /**
   * Runs a script on one channel; the script travels over standard input.
   *
   * @param limit seconds after which it is given up
   * @default no limit
   */
  runShort(script: string, limit?: number): Promise<ScriptResult> {
    const interpreter = limit === undefined ? INTERPRETER : `timeout --kill-after=5 ${limit} ${INTERPRETER}`;
    const command = (this.#host.user ?? "root") === "root" ? interpreter : `sudo -n -- ${interpreter}`;
    return this.#channels.run(async () => {
      const result = await collect(await this.#openChannel(command), script, limit);
      if (result) return result;
      throw new ConnectionLost(`${label(this.#host)}: the connection closed while a script was running.`);
    });
  }

  /**
   * A channel with `command` on it. sshd counts one until it has reaped what ran there, a moment after it closed; on a
   * busy host those add up to its limit. Nothing ran on a refused channel, so it is asked for again.
   */
  async #openChannel(command: string): Promise<ClientChannel> {
    const deadline = Date.now() + CHANNEL_PATIENCE_MS;
    for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
      try {
        return await new Promise<ClientChannel>((resolve, reject) => {
          this.#client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
        });
      } catch (error) {
        const refused = /Channel open failure/.test((error as Error).message);
        if (!refused || Date.now() + pause > deadline) throw explain(this.#host, error);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  close(): void {
    this.closed = true;
    this.#client.end();
  }
}

/** Sends a script and waits for its end. @returns undefined when the channel closed before it */
function collect(
  channel: ClientChannel,
  script: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<ScriptResult | undefined> {
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const started = performance.now();
    const finish = (code: number) =>
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        ...(code !== 0 && performance.now() - started >= limit * 1000 && { lateAfter: limit }),
      });
    // What hangs within the kernel (a dead network file system) cannot be ended on the host either.
    const abandon = () => {
      channel.destroy();
      finish(UNENDED);
    };
    const last = Number.isFinite(limit) ? setTimeout(abandon, (limit + UNENDED_SECONDS) * 1000) : undefined;
    let code: number | undefined;
    channel.on("data", (chunk: Buffer) => stdout.push(chunk));
    channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    channel.on("exit", (status: number | null) => {
      code = status ?? 255;
    });
    channel.on("close", () => {
      clearTimeout(last);
      if (code === undefined) resolve(undefined);
      else finish(code);
    });
    channel.end(script);
  });
}

/** The connection ended under a running script; what the script did by then is not known. */
export class ConnectionLost extends HostError {}

async function connect(host: HostConnection, credentials: Credentials): Promise<Client> {
  const { Client: SshClient } = (await import("ssh2")).default;
  const known = new KnownHosts();
  const port = host.port ?? 22;
  const pinned = host.hostKey ? normaliseHostKey(host.hostKey) : known.lookup(host.address, port);
  let presented = "";
  const config: ConnectConfig = {
    host: host.address,
    port,
    username: host.user ?? "root",
    readyTimeout: HANDSHAKE_MS,
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => {
      presented = encodeHostKey(key);
      return pinned === undefined || presented === pinned;
    },
    ...(pinned && { algorithms: { serverHostKey: hostKeyAlgorithms(pinned) } }),
    ...credentials,
  };
  const jump = host.jump && (await connect(host.jump, credentials).catch((error) => through(host.jump, error)));
  if (jump) {
    config.sock = await tunnel(jump, host.address, port).catch((error: unknown) => {
      jump.end();
      return through(host.jump, error);
    });
  }

  return new Promise((resolve, reject) => {
    const client = new SshClient();
    const fail = (error: Error) => {
      client.end();
      jump?.end();
      reject(pinned && presented && presented !== pinned ? new HostKeyMismatch(host, pinned, presented) : error);
    };
    // It can say several errors in a row (a refused handshake does); one without a listener would end this process.
    client.on("error", fail);
    client.once("close", () => fail(new Error("the host closed the connection during the handshake")));
    client.once("ready", () => {
      client
        .off("error", fail)
        .removeAllListeners("close")
        .on("error", () => {});
      if (jump) client.once("close", () => jump.end());
      if (!pinned) known.record(host.address, port, presented);
      resolve(client);
    });
    client.connect(config);
  });
}

function tunnel(jump: Client, address: string, port: number): Promise<NonNullable<ConnectConfig["sock"]>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(Object.assign(new Error(), { code: "ETIMEDOUT" })), TUNNEL_MS);
    jump.forwardOut("127.0.0.1", 0, address, port, (error, stream) => {
      clearTimeout(late);
      if (error) reject(error);
      else resolve(stream);
    });
  });
}

/** Says of a fault that it is on the way, or behind it. */
function through(jump: HostConnection | undefined, error: unknown): never {
  throw error instanceof Error ? Object.assign(error, { jump }) : error;
}

/** Asks for the pinned key's type, as a host has several keys and offers the one that was negotiated. */
function hostKeyAlgorithms(
  hostKey: string,
): ConnectConfig["algorithms"] extends infer A ? (A extends { serverHostKey?: infer K } ? K : never) : never {
  const type = hostKey.split(" ")[0] ?? "";
  const names = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
  // biome-ignore lint/suspicious/noExplicitAny: the type comes from the key itself; ssh2 refuses what it does not know
  return names as any;
}

class HostKeyMismatch extends HostError {
  constructor(host: HostConnection, pinned: string, presented: string) {
    super(
      `${label(host)}: the host presents another key than the pinned one, so nothing was sent to it.\n` +
        `  expected  ${pinned.split(" ")[0]} ${fingerprint(pinned)}\n` +
        `  presented ${presented.split(" ")[0]} ${fingerprint(presented)}\n` +
        `If the host was reinstalled on purpose, ${
          host.hostKey ? "put its new key in the stack (host.hostKey)" : `remove its line from ${new KnownHosts().file}`
        }; otherwise somebody may be in between.`,
    );
  }
}

/** A fault that time may heal: the machine boots, sshd restarts, too many connections at once. */
function isPassing(error: unknown): boolean {
  if (error instanceof HostError) return false;
  const { code, level, message } = error as { code?: string; level?: string; message?: string };
  if (level === "client-authentication") return false;
  if (code === "ENOTFOUND") return false;
  return (
    level !== undefined || code !== undefined || /closed|handshake|reset|timed? ?out|open failure/i.test(message ?? "")
  );
}

/** A way to a host that led nowhere, and why. */
interface Failure {
  way: HostConnection;
  error: unknown;
}

function waysTo(host: HostConnection): HostConnection[] {
  return [host, ...(host.otherwise ? waysTo(host.otherwise) : [])];
}

/** A refused key is the reason to tell: that way was open. */
function explainAll(host: HostConnection, failures: readonly Failure[]): HostError {
  const refused = failures.find(({ error }) => (error as { level?: string }).level === "client-authentication");
  if (refused) return explain(refused.way, refused.error);
  const [first, ...others] = failures;
  const besides = others.map(({ way, error }) => `, nor at ${describeConnection(way)}: ${reasonOf(error)}`);
  return explain(host, first?.error, besides.join(""));
}

/** @param besides what was found on other ways */
function explain(host: HostConnection, error: unknown, besides = ""): HostError {
  if (error instanceof HostError) return error;
  const { level, message, jump } = error as Error & { level?: string; jump?: HostConnection };
  if (level === "client-authentication") {
    const refusing = jump ?? host;
    return new HostError(
      `${label(refusing)}: the host refused our SSH key. Allow the deploy key for ${refusing.user ?? "root"} there, or give the ` +
        "right one: an SSH agent, QUAYSIDE_SSH_KEY_FILE, or `privateKey` of the quayside provider.",
    );
  }
  if (/no authentication methods|Cannot parse privateKey/i.test(message)) {
    return new HostError(`${label(host)}: there is no usable SSH key: ${message.replace(/\n[\s\S]*/, "")}`);
  }
  return new HostError(
    `${label(host)}: cannot connect${jump ? ` through ${label(jump)}` : ""}: ${reasonOf(error)}${besides} (tried for ${host.patience ?? 20} s). ` +
      "Is the host up, is the address right, does a firewall let SSH through?",
  );
}

function reasonOf(error: unknown): string {
  const { code, level, message } = error as Error & { code?: string; level?: string };
  const reason: Record<string, string> = {
    ECONNREFUSED: "nothing listens on that port",
    EHOSTUNREACH: "there is no route to it",
    ENETUNREACH: "there is no route to it",
    ETIMEDOUT: "it does not answer",
    ENOTFOUND: "its name has no address",
  };
  if (level === "client-timeout") return "it does not answer";
  return reason[code ?? ""] ?? message.replace(/^\(SSH\) Channel open failure: /, "");
}

function label(host: HostConnection): string {
  return `${host.name} (${describeConnection(host)})`;
}
