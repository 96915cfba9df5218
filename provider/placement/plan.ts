/** Which server types are on offer where: `offers.get("fsn1")?.has("cx23")`. */
export type Offers = ReadonlyMap<string, ReadonlySet<string>>;

export interface Choice {
  type: string;
  location: string;
}

/** The first location, in order, that has the first type, in order, that it offers. */
export function choosePlacement(
  types: readonly string[],
  locations: readonly string[],
  offers: Offers,
): Choice | undefined {
  for (const location of locations) {
    const type = types.find((candidate) => offers.get(location)?.has(candidate));
    if (type) return { type, location };
  }
  return undefined;
}

/** Whether a decision still stands: both halves are still wanted. */
export function stillWanted(choice: Choice, types: readonly string[], locations: readonly string[]): boolean {
  return types.includes(choice.type) && locations.includes(choice.location);
}
