/** Faults that a test arms through `/_lab/faults`. They live in memory and are gone after a restart. */
import { z } from "zod";

const times = z.number().int().positive().default(1);
const after = z.boolean().default(false);
/** A regular expression on `METHOD /path`, for example `POST /v1/servers$`. */
const request = z.string().default("").refine(isPattern, "must be a regular expression");

export const faultSchema = z.discriminatedUnion("kind", [
  /** Server types that cannot be had, until the fault is removed. */
  z.object({ kind: z.literal("unavailable"), serverType: z.string().optional(), location: z.string().optional() }),
  /** The next requests that match are answered with this error; `after` says that they take effect all the same. */
  z.object({
    kind: z.literal("http"),
    status: z.number().int().min(400).max(599),
    code: z.string().optional(),
    after,
    times,
    request,
  }),
  /** The connection is cut instead of an answer; `after` says that the request takes effect all the same. */
  z.object({ kind: z.literal("hang-up"), after, times, request }),
  /** The next requests that match are held back. */
  z.object({ kind: z.literal("slow"), delayMs: z.number().int().positive().max(600_000), times, request }),
  /** The next actions with this command (`create_server`, ...) end in an error. */
  z.object({
    kind: z.literal("action"),
    command: z.string(),
    code: z.string().default("action_failed"),
    message: z.string().default("injected failure"),
    times,
  }),
]);

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { id: number };
type OfKind<K extends Fault["kind"]> = Extract<Fault, { kind: K }>;
/** A request that gets no answer, or no proper one. */
export type Broken = OfKind<"http" | "hang-up">;

export class Faults {
  #faults: Fault[] = [];
  #nextId = 1;

  list(): Fault[] {
    return [...this.#faults];
  }

  add(input: FaultInput): Fault {
    const fault: Fault = { ...faultSchema.parse(input), id: this.#nextId++ };
    this.#faults.push(fault);
    return fault;
  }

  remove(id: number): void {
    this.#faults = this.#faults.filter((fault) => fault.id !== id);
  }

  clear(): void {
    this.#faults = [];
  }

  isUnavailable(serverType: string, location: string): boolean {
    return this.#faults.some(
      (fault) =>
        fault.kind === "unavailable" &&
        (fault.serverType ?? serverType) === serverType &&
        (fault.location ?? location) === location,
    );
  }

  takeHttp(request: string): OfKind<"http"> | undefined {
    return this.#take("http", (fault) => new RegExp(fault.request).test(request));
  }

  /** What a request meets in place of its answer. */
  takeBroken(request: string): Broken | undefined {
    return this.takeHttp(request) ?? this.#take("hang-up", (fault) => new RegExp(fault.request).test(request));
  }

  takeSlow(request: string): OfKind<"slow"> | undefined {
    return this.#take("slow", (fault) => new RegExp(fault.request).test(request));
  }

  takeAction(command: string): OfKind<"action"> | undefined {
    return this.#take("action", (fault) => fault.command === command);
  }

  #take<K extends "http" | "hang-up" | "slow" | "action">(
    kind: K,
    matches: (fault: OfKind<K>) => boolean,
  ): OfKind<K> | undefined {
    const isKind = (fault: Fault): fault is OfKind<K> => fault.kind === kind;
    const found: Fault | undefined = this.#faults.filter(isKind).find(matches);
    if (!found || found.kind === "unavailable") return undefined;
    found.times -= 1;
    if (found.times <= 0) this.remove(found.id);
    return found as OfKind<K>;
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
