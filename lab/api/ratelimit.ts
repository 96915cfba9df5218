/** The project-wide request budget: a bucket that refills evenly over an hour. */
export class RateLimit {
  limit: number;
  #remaining: number;
  #at: number;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch. */
  constructor(limit = 3600, now: () => number = Date.now) {
    this.limit = limit;
    this.#remaining = limit;
    this.#now = now;
    this.#at = now();
  }

  /** Takes one request out of the bucket. @returns whether there was one left. */
  take(): boolean {
    this.#refill();
    if (this.#remaining < 1) return false;
    this.#remaining -= 1;
    return true;
  }

  /** For tests: as if so many requests were left. */
  setRemaining(remaining: number): void {
    this.#refill();
    this.#remaining = Math.max(0, Math.min(this.limit, remaining));
  }

  headers(): Record<string, string> {
    this.#refill();
    const secondsUntilFull = ((this.limit - this.#remaining) * 3600) / this.limit;
    return {
      "RateLimit-Limit": String(this.limit),
      "RateLimit-Remaining": String(Math.floor(this.#remaining)),
      "RateLimit-Reset": String(Math.ceil(this.#at / 1000 + secondsUntilFull)),
    };
  }

  #refill(): void {
    const now = this.#now();
    this.#remaining = Math.min(this.limit, this.#remaining + ((now - this.#at) / 3_600_000) * this.limit);
    this.#at = now;
  }
}
