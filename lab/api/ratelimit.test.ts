import { describe, expect, it } from "vitest";
import { RateLimit } from "./ratelimit.ts";
import { testCloud } from "./testing.ts";

describe("RateLimit", () => {
  it("gives one request back each second, up to the limit", () => {
    let now = 1_000_000;
    const limit = new RateLimit(3600, () => now);
    for (let i = 0; i < 3600; i++) expect(limit.take()).toBe(true);
    expect(limit.take()).toBe(false);
    expect(limit.headers()).toMatchObject({ "RateLimit-Remaining": "0", "RateLimit-Reset": String(1000 + 3600) });
    now += 2000;
    expect([limit.take(), limit.take(), limit.take()]).toEqual([true, true, false]);
    now += 10 * 3_600_000;
    expect(limit.headers()["RateLimit-Remaining"]).toBe("3600");
  });

  it("is told in every answer and ends in 429", async () => {
    const { call } = testCloud({ rateLimit: new RateLimit(2, () => 0) });
    const first = await call("GET", "/servers");
    expect(first.headers.get("RateLimit-Limit")).toBe("2");
    expect(first.headers.get("RateLimit-Remaining")).toBe("1");
    await call("GET", "/servers");
    const third = await call("GET", "/servers");
    expect(third.status).toBe(429);
    expect(third.body.error.code).toBe("rate_limit_exceeded");
    expect(third.headers.get("RateLimit-Remaining")).toBe("0");
  });
});
