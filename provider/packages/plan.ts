import { renderSource } from "./source.ts";
import type { PackagesInputs, PackagesState } from "./type.ts";

export interface PackagesPlan {
  /** Name and version, `present` for any. */
  install: [string, string][];
  /** What is not declared any more; it goes only if it came with us and nothing else needs it. */
  uninstall: string[];
  sources: { write: string[]; remove: string[] };
}

/** @param previous what the last run left */
export function planPackages(
  wanted: Pick<PackagesInputs, "packages" | "sources">,
  observed: PackagesState | undefined,
  previous: PackagesState | undefined,
): PackagesPlan {
  const sources = Object.entries(wanted.sources ?? {});
  return {
    install: Object.entries(wanted.packages).filter(([name, version]) => observed?.packages[name] !== version),
    uninstall: Object.keys(previous?.packages ?? {}).filter((name) => wanted.packages[name] === undefined),
    sources: {
      write: sources
        .filter(([name, source]) => {
          const found = observed?.sources?.[name];
          return found === undefined || renderSource(found) !== renderSource(source);
        })
        .map(([name]) => name),
      remove: Object.keys(previous?.sources ?? {}).filter((name) => wanted.sources?.[name] === undefined),
    },
  };
}
