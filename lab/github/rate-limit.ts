/** The hourly budget of a token, which is full again all at once. */
export class RateLimit {
  readonly limit = 5000;
  #used = 0;
  #resetAt: number;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#resetAt = now() + 3_600_000;
  }

  /** Counts a request. @returns whether it is within the budget */
  take(): boolean {
    if (this.#now() >= this.#resetAt) {
      this.#used = 0;
      this.#resetAt = this.#now() + 3_600_000;
    }
    if (this.#used >= this.limit) return false;
    this.#used += 1;
    return true;
  }

  /** For tests: nothing is left until so many seconds from now. */
  useUp(resetSeconds: number): void {
    this.#used = this.limit;
    this.#resetAt = this.#now() + resetSeconds * 1000;
  }

  state(): { limit: number; remaining: number; used: number; reset: number } {
    // Whole seconds: rounded up, so that a client that waits until then finds the budget full.
    const reset = Math.ceil(this.#resetAt / 1000);
    return { limit: this.limit, remaining: this.limit - this.#used, used: this.#used, reset };
  }

  headers(): Record<string, string> {
    const { limit, remaining, used, reset } = this.state();
    return {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Remaining": String(remaining),
      "X-RateLimit-Used": String(used),
      "X-RateLimit-Reset": String(reset),
      "X-RateLimit-Resource": "core",
    };
  }
}
