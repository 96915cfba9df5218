export const EVICTION_POLICIES = [
  "noeviction",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
] as const;

export type EvictionPolicy = (typeof EVICTION_POLICIES)[number];

/**
 * `redis.conf`, without the password. Pure.
 *
 * @param maxMemory bytes that data may take; the rest of the container's memory is for buffers and rewriting the file
 */
export function renderRedisConf(
  maxMemory: number,
  { eviction = "noeviction", persistent = true }: { eviction?: EvictionPolicy; persistent?: boolean },
): string {
  const lines = [
    "bind * -::*",
    "dir /data",
    `maxmemory ${maxMemory}`,
    `maxmemory-policy ${eviction}`,
    `appendonly ${persistent ? "yes" : "no"}`,
    ...(persistent ? ["appendfsync everysec"] : ['save ""']),
  ];
  return `${lines.join("\n")}\n`;
}
