import { describe, expect, test } from "vitest";
import { renderRedisConf } from "./redis-conf.ts";

describe("renderRedisConf", () => {
  test("data survives a restart, and nothing is dropped, unless said otherwise", () => {
    expect(renderRedisConf(201326592, {})).toBe(`bind * -::*
dir /data
maxmemory 201326592
maxmemory-policy noeviction
appendonly yes
appendfsync everysec
`);
  });

  test("a cache that may forget", () => {
    expect(renderRedisConf(1000000, { eviction: "allkeys-lru", persistent: false })).toBe(`bind * -::*
dir /data
maxmemory 1000000
maxmemory-policy allkeys-lru
appendonly no
save ""
`);
  });
});
