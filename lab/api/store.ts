import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { emptyState, type State } from "./state.ts";

/** How many finished actions are kept for clients that still ask for them. */
const KEPT_ACTIONS = 500;

/** Holds the cloud's state and writes it whole, so that a crash leaves either the old or the new one. */
export class Store {
  readonly state: State;
  readonly #file: string | null;

  /** @param file where the state lives; `null` keeps it in memory only. */
  constructor(file: string | null, firstId = 1_000_000 + Math.floor(Math.random() * 8_000_000)) {
    this.#file = file;
    this.state = file && existsSync(file) ? readState(file) : emptyState(firstId);
  }

  nextId(): number {
    return this.state.nextId++;
  }

  /** Synchronous on purpose: an answer must never be sent for a change that is not on disk. */
  save(): void {
    this.#forgetOldActions();
    if (!this.#file) return;
    const temporary = `${this.#file}.new`;
    const fd = openSync(temporary, "w", 0o600);
    try {
      writeSync(fd, JSON.stringify(this.state));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, this.#file);
    const directory = openSync(dirname(this.#file), "r");
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }

  #forgetOldActions(): void {
    const finished = Object.values(this.state.actions).filter((action) => action.status !== "running");
    for (const action of finished.slice(0, Math.max(0, finished.length - KEPT_ACTIONS))) {
      delete this.state.actions[action.id];
    }
  }
}

function readState(file: string): State {
  let state: State;
  try {
    state = JSON.parse(readFileSync(file, "utf8")) as State;
  } catch (error) {
    throw new Error(`the lab's cloud state ${file} is not readable JSON: remove the lab with 'quay lab reset'`, {
      cause: error,
    });
  }
  if (state.version !== 1) {
    throw new Error(`the lab's cloud state ${file} has version ${state.version}, expected 1: 'quay lab reset'`);
  }
  // What a lab has not had before starts empty.
  return { ...emptyState(state.nextId), ...state };
}
