import { setTimeout as pause } from "node:timers/promises";
import type { Session } from "../transport/session.ts";
import { type ComposeFile, expectedServices } from "./compose-file.ts";
import { type Diagnosis, diagnose } from "./failure.ts";
import { look } from "./look.ts";
import type { Place } from "./place.ts";
import { containersOf, type Snapshot, serviceStates } from "./snapshot.ts";
import { declaredName } from "./trial.ts";

const POLL_MS = 400;
/** A container without a health check counts as running when it has been up this long. */
const STEADY_MS = 2000;
/** Docker waits longer before each restart; by the eighth, half a minute has gone. */
const CRASH_LOOP = 8;

/** What a deployment could not bring about, and what was seen of it. */
export class NotServing extends Error {
  readonly diagnosis: Diagnosis;
  constructor(diagnosis: Diagnosis) {
    super("not serving");
    this.diagnosis = diagnosis;
  }
}

/** Runs a part of a deployment; when it fails, what is to be seen of the services goes with the error. */
export async function attemptTo(
  session: Session,
  place: Place,
  compose: ComposeFile,
  command: string,
  what = "",
): Promise<void> {
  const result = await session.attempt(command);
  if (result.code === 0) return;
  const said = result.stderr.trim() || `it said nothing (exit code ${result.code})`;
  const snapshot = await look(session, place, compose);
  throw new NotServing(await diagnose(session, snapshot, compose, what ? `${what}:\n${said}` : said));
}

/** Waits until every service is as it should be. @param timeout in seconds */
export async function settle(session: Session, place: Place, compose: ComposeFile, timeout: number): Promise<void> {
  const expected = expectedServices(compose);
  const deadline = Date.now() + timeout * 1000;
  for (let shown = ""; ; await pause(POLL_MS)) {
    const snapshot = await look(session, place, compose);
    // What was recorded belongs to the version before.
    const states = serviceStates({ ...snapshot, record: undefined }, compose);
    const unsettled = Object.entries(states).filter(
      ([name, { state }]) => state !== expected[name]?.state || !isSteady(snapshot, name),
    );
    if (unsettled.length === 0) return;
    const hopeless = unsettled.some(([name, { state }]) => isHopeless(snapshot, name, state));
    if (hopeless) throw new NotServing(await diagnose(session, snapshot, compose, ""));
    if (Date.now() > deadline) {
      throw new NotServing(await diagnose(session, snapshot, compose, `not healthy within ${timeout} s`));
    }
    const waiting = unsettled.map(([name, { state }]) => `${declaredName(name)} (${state})`).join(", ");
    if (waiting !== shown) session.progress(`waiting for ${waiting}`);
    shown = waiting;
  }
}

function isSteady(snapshot: Snapshot, service: string): boolean {
  return containersOf(snapshot, service).every(
    ({ state }) =>
      state.Status !== "running" || state.Health || snapshot.now - Date.parse(state.StartedAt) >= STEADY_MS,
  );
}

function isHopeless(snapshot: Snapshot, service: string, state: string): boolean {
  if (/^(unhealthy|exited|dead)/.test(state)) return true;
  return containersOf(snapshot, service).some((container) => container.restarts >= CRASH_LOOP);
}
