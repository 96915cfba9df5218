/** Faults that a test arms, directly or through `/_lab/faults`. They live in memory. */
import { z } from "zod";

const common = {
  times: z.number().int().positive().default(1),
  /** A regular expression on `METHOD /path`, for example `POST /orgs/acme/repos$`. */
  request: z.string().default("").refine(isPattern, "must be a regular expression"),
};

export const faultSchema = z.discriminatedUnion("kind", [
  /** The next requests that match are answered with this error; `after` says that they take effect all the same. */
  z.object({
    kind: z.literal("http"),
    status: z.number().int().min(400).max(599),
    message: z.string().default("injected fault"),
    after: z.boolean().default(false),
    ...common,
  }),
  /** The connection is cut instead of an answer; `after` says that the request takes effect all the same. */
  z.object({ kind: z.literal("hang-up"), after: z.boolean().default(false), ...common }),
  /** The next requests that match are held back. */
  z.object({ kind: z.literal("slow"), delayMs: z.number().int().positive().max(600_000), ...common }),
  /** GitHub's secondary limit: too many writes in a short time. */
  z.object({
    kind: z.literal("secondary-limit"),
    status: z.union([z.literal(403), z.literal(429)]).default(403),
    retryAfterSeconds: z.number().int().nonnegative().default(1),
    ...common,
  }),
  /** The hourly budget is used up until so many seconds from now. */
  z.object({
    kind: z.literal("primary-limit"),
    status: z.union([z.literal(403), z.literal(429)]).default(403),
    resetSeconds: z.number().int().positive().default(1),
    ...common,
  }),
]);

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { id: number };
/** A request that gets no answer, or no proper one. */
export type Broken = Extract<Fault, { kind: "http" | "hang-up" }>;

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

  clear(): void {
    this.#faults = [];
  }

  /** The fault that this request meets, counted as met. */
  take(request: string): Fault | undefined {
    const found = this.#faults.find((fault) => new RegExp(fault.request).test(request));
    if (!found) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#faults = this.#faults.filter((fault) => fault !== found);
    return found;
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
