import { describeConnection, type HostConnection } from "../host.ts";
import { type JointScript, ScriptBatch } from "./batch.ts";
import type { ScriptResult } from "./connection.ts";
import { HostError, redact } from "./errors.ts";
import type { ConnectionPool } from "./pool.ts";
import { PRELUDE } from "./shell.ts";

/** Seconds after which a read is given up, asked for by itself. It only looks, so what takes this long hangs. */
const READ_SECONDS = 300;
/** Seconds after which reads that were asked for together are asked for one by one. */
const JOINT_READ_SECONDS = 120;

/** What one operation on one host works with. */
export interface Session {
  readonly host: HostConnection;
  /** Runs a script and returns its standard output; a non-zero exit is an error that says what `doing` was. */
  run(doing: string, script: string): Promise<string>;
  /** Runs a script and returns however it ended. */
  attempt(script: string): Promise<ScriptResult>;
  /** Runs a script that changes nothing, together with the other reads of this moment. */
  read<Part>(doing: string, script: string | JointScript<Part>): Promise<string>;
  /**
   * Runs a short script that changes something, together with the others of this moment: a shell of its own each, one
   * after the other. For what neither waits nor runs a command of somebody else's.
   */
  change<Part>(doing: string, script: string | JointScript<Part>): Promise<string>;
  /** Shows what is going on, on the engine's display. */
  progress(message: string): void;
  /** Says something that stays in the run's report. */
  warn(message: string): void;
  /**
   * Proves on a connection of its own that the host lets us in now; an error where it does not.
   * @param through another way in than `host`, such as the new port
   */
  prove(through?: HostConnection): Promise<void>;
  /** The same work on another host: what concerns two machines (a member and its hub) is one resource. */
  on(host: HostConnection): Session;
  /** A fault on this host, with secrets taken out. */
  fail(message: string): HostError;
  /** The text with every secret of this resource taken out. */
  redact(text: string): string;
}

/** Where progress and warnings go. */
export interface Display {
  progress(message: string): void;
  warn(message: string): void;
}

/** Sessions of one run, on a pool of connections. */
export class Sessions {
  readonly #pool: ConnectionPool;
  readonly #batches = new Map<string, ScriptBatch>();

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** @param secrets values that no message may show */
  open(host: HostConnection, secrets: readonly string[], display: Display): Session {
    const execute = async (script: string) => (await this.#pool.get(host)).run(PRELUDE + script);
    const change = async (script: string) => (await this.#pool.get(host)).runShort(PRELUDE + script);
    const look = async (script: string, parts: number) =>
      (await this.#pool.get(host)).runShort(PRELUDE + script, parts > 1 ? JOINT_READ_SECONDS : READ_SECONDS);
    const fail = (message: string) =>
      new HostError(redact(`${host.name} (${describeConnection(host)}): ${message}`, secrets));
    const succeed = (doing: string, result: ScriptResult) => {
      if (result.code === 0) return result.stdout;
      throw fail(explainExit(host, doing, result));
    };
    return {
      host,
      run: async (doing, script) => succeed(doing, await execute(script)),
      attempt: execute,
      read: async (doing, script) => succeed(doing, await this.#batch("read", host, look).add(script)),
      change: async (doing, script) => succeed(doing, await this.#batch("change", host, change).add(script)),
      progress: (message) => display.progress(redact(message, secrets)),
      warn: (message) => display.warn(redact(message, secrets)),
      prove: (through = host) => this.#pool.prove(through),
      on: (other) => this.open(other, secrets, display),
      fail,
      redact: (text) => redact(text, secrets),
    };
  }

  #batch(
    kind: "read" | "change",
    host: HostConnection,
    execute: (script: string, parts: number) => Promise<ScriptResult>,
  ): ScriptBatch {
    const key = JSON.stringify([kind, host]);
    const existing = this.#batches.get(key);
    if (existing) return existing;
    const batch = new ScriptBatch(execute);
    this.#batches.set(key, batch);
    return batch;
  }
}

function explainExit(host: HostConnection, doing: string, result: ScriptResult): string {
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-20).join("\n  ");
  if (result.lateAfter !== undefined) {
    return (
      `cannot ${doing}: it was given up after ${result.lateAfter} s. Something that it asks hangs on this host (a daemon, ` +
      "a disk, a network file system): `ps axf` there shows what. Then run again."
    );
  }
  if (/^sudo: /m.test(result.stderr)) {
    return (
      `cannot become root: ${said}\n` +
      `Let ${host.user} run sudo without a password on this host, or connect as root (host.user).`
    );
  }
  if (/No space left on device/.test(said)) {
    return `cannot ${doing}: the disk is full; free some space and run again.\n  ${said}`;
  }
  return `cannot ${doing} (exit code ${result.code}):\n  ${said || "the command said nothing"}`;
}
