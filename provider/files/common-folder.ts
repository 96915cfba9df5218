/** The deepest folder that holds all of these absolute paths. */
export function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split("/").slice(0, -1));
  let depth = first.length;
  for (const other of others) {
    const differs = first.findIndex((step, index) => other[index] !== step);
    if (differs >= 0) depth = Math.min(depth, differs);
  }
  return first.slice(0, depth).join("/") || "/";
}
