import type { Faults } from "./faults.ts";
import type { ActionRecord } from "./state.ts";
import type { Store } from "./store.ts";

export type Resource = { id: number; type: string };

/**
 * Brings the machines to what the state says. Has to be repeatable: after a crash it runs again from its start.
 *
 * @throws any error: the action then ends with its message, which is shown to the user.
 */
export type Work = (action: ActionRecord) => Promise<void>;

/** Ends an action with a code of its own. */
export class ActionFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Runs actions one after another per resource, side by side otherwise; each is on disk before its work starts. */
export class ActionRunner {
  readonly #store: Store;
  readonly #faults: Faults;
  readonly #works = new Map<string, Work>();
  readonly #failures = new Map<string, (action: ActionRecord) => Promise<void>>();
  readonly #running = new Map<number, Promise<void>>();

  readonly #log: (line: string) => void;

  constructor(store: Store, faults: Faults, log: (line: string) => void) {
    this.#store = store;
    this.#faults = faults;
    this.#log = log;
  }

  /** @param onFailure puts the state right again when the work has failed. */
  register(command: string, work: Work, onFailure?: (action: ActionRecord) => Promise<void>): void {
    this.#works.set(command, work);
    if (onFailure) this.#failures.set(command, onFailure);
  }

  /** The caller saves the store, so that the change and its action reach the disk together. */
  start(command: string, resources: Resource[], params: ActionRecord["params"] = {}): ActionRecord {
    if (!this.#works.has(command)) throw new Error(`no work is registered for the action '${command}'`);
    const action: ActionRecord = {
      id: this.#store.nextId(),
      command,
      status: "running",
      progress: 0,
      started: new Date().toISOString(),
      finished: null,
      error: null,
      resources,
      params,
    };
    this.#store.state.actions[action.id] = action;
    this.#schedule(action);
    return action;
  }

  /** Takes up again what a crash has interrupted, in its order. */
  resume(): void {
    for (const action of this.running()) {
      if (!this.#running.has(action.id)) this.#schedule(action);
    }
  }

  running(): ActionRecord[] {
    return Object.values(this.#store.state.actions).filter((action) => action.status === "running");
  }

  isBusy(type: string, id: number): boolean {
    return this.running().some((action) => action.resources.some((it) => it.type === type && it.id === id));
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #schedule(action: ActionRecord): void {
    const before = this.running()
      .filter((other) => other.id < action.id && sharesResource(other, action))
      .map((other) => this.#running.get(other.id));
    const done = (async () => {
      await Promise.all(before);
      // The answer to the request that started this is sent first, with the action still running.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#run(action);
      this.#running.delete(action.id);
    })();
    this.#running.set(action.id, done);
  }

  async #run(action: ActionRecord): Promise<void> {
    try {
      const fault = this.#faults.takeAction(action.command);
      if (fault) throw new ActionFailure(fault.code, fault.message);
      await this.#works.get(action.command)?.(action);
      action.status = "success";
    } catch (error) {
      const code = error instanceof ActionFailure ? error.code : "action_failed";
      action.error = { code, message: error instanceof Error ? error.message : String(error) };
      this.#log(`action ${action.id} ${action.command} failed: ${action.error.message}`);
      try {
        await this.#failures.get(action.command)?.(action);
      } catch (cleanup) {
        this.#log(`action ${action.id} ${action.command}: cleaning up failed: ${String(cleanup)}`);
      }
      action.status = "error";
    }
    action.progress = 100;
    action.finished = new Date().toISOString();
    try {
      this.#store.save();
    } catch (error) {
      // The action is done all the same; after a crash now it would be run again, which is harmless.
      this.#log(`action ${action.id} ${action.command}: its end could not be saved: ${String(error)}`);
    }
  }
}

function sharesResource(a: ActionRecord, b: ActionRecord): boolean {
  return a.resources.some((one) => b.resources.some((other) => one.id === other.id && one.type === other.type));
}
