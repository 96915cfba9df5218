const MEMORY_UNITS = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;
const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Bytes of `512m` or `2g`; undefined for anything else. */
export function parseMemory(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)([bkmg])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * MEMORY_UNITS[unit as keyof typeof MEMORY_UNITS];
}

/** Seconds of `30s`, `2m` or `1h`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * SECONDS[unit as keyof typeof SECONDS];
}
