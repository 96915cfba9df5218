/** A file by its path, whichever type of resource declares it. */
export function fileThing(path: string): string {
  return `file ${path}`;
}

/** The entries of a record whose things are not among these. */
export function entriesWithout<Entry>(
  entries: Readonly<Record<string, Entry>> | undefined,
  thingOf: (key: string) => string,
  things: ReadonlySet<string>,
): Record<string, Entry> {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => !things.has(thingOf(key))));
}
