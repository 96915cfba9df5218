const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90m`, `8h`, `3d` in milliseconds; undefined when it is nothing of the kind, or no time at all. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * UNITS[unit as keyof typeof UNITS];
  return milliseconds > 0 ? milliseconds : undefined;
}

/** A moment as a label can hold it, which no colon may be in: `2026-11-21T13.45.10Z`. */
export function momentLabel(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", ".");
}

/** Reads {@link momentLabel}; undefined when it is something else. */
export function parseMoment(label: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\dZ$/.test(label)) return undefined;
  const milliseconds = Date.parse(label.replaceAll(".", ":"));
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
