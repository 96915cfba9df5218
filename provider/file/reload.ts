/** Units that take up what is in files: each of them what is in any file of the set, or each what is in its own. */
export type Reload = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** Every unit. */
export function reloadedUnits(reload: Reload | undefined): string[] {
  return isList(reload) ? [...reload] : Object.keys(reload ?? {});
}

/** The units that take up one of these files. */
export function unitsToReload(reload: Reload | undefined, changed: readonly string[]): string[] {
  if (changed.length === 0) return [];
  if (isList(reload)) return [...reload];
  return Object.entries(reload ?? {}).flatMap(([unit, paths]) =>
    paths.some((path) => changed.includes(path)) ? unit : [],
  );
}

function isList(reload: Reload | undefined): reload is readonly string[] {
  return Array.isArray(reload);
}
