import type { ServerDriver } from "../hosts/driver.ts";
import { ActionRunner } from "./actions.ts";
import { PublicAddresses } from "./addresses.ts";
import { notFound } from "./errors.ts";
import { Faults } from "./faults.ts";
import { RateLimit } from "./ratelimit.ts";
import type { State, Table } from "./state.ts";
import type { Store } from "./store.ts";

/** What all parts of the emulated cloud work on. */
export interface Cloud {
  store: Store;
  state: State;
  driver: ServerDriver;
  actions: ActionRunner;
  faults: Faults;
  rateLimit: RateLimit;
  addresses: PublicAddresses;
  /** How long a request waits for a locked server before it is refused, in milliseconds. */
  lockPatienceMs: number;
  /** One line about something that went wrong, for the emulator's log. */
  log: (line: string) => void;
}

/** @param subnet the third octet of the lab's public addresses 10.210.<subnet>.0/24. */
export function createCloud(options: {
  store: Store;
  driver: ServerDriver;
  subnet: number;
  rateLimit?: RateLimit;
  lockPatienceMs?: number;
  log?: (line: string) => void;
}): Cloud {
  const { store, driver, log = console.error } = options;
  const faults = new Faults();
  return {
    store,
    state: store.state,
    driver,
    faults,
    log,
    lockPatienceMs: options.lockPatienceMs ?? 3000,
    actions: new ActionRunner(store, faults, log),
    rateLimit: options.rateLimit ?? new RateLimit(),
    addresses: new PublicAddresses(store.state, options.subnet),
  };
}

/** @throws ApiError `not_found`. */
export function find<T>(table: Table<T>, id: string | number, what: string): T {
  const record = table[String(id)];
  if (!record) throw notFound(what, id);
  return record;
}
