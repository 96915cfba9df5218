import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Where an image in the registry came from. */
export interface Publication {
  /** Id of the local image that was pushed, or the name of the registry that it was copied from. */
  from: string;
  digest: string;
}

/** Remembers what was published; the registry stays the judge of whether it is still there. */
export class Publications {
  readonly #file: string;
  readonly #entries: Record<string, Publication>;

  constructor(file: string) {
    this.#file = file;
    try {
      this.#entries = JSON.parse(readFileSync(file, "utf8")) as Record<string, Publication>;
    } catch {
      // Missing or cut short: everything is published again, which costs time and nothing else.
      this.#entries = {};
    }
  }

  /** Whether `reference` was published from `from` and the registry still serves that digest. */
  isCurrent(reference: string, from: string, servedDigest: string | undefined): boolean {
    const entry = this.#entries[reference];
    return entry !== undefined && entry.from === from && entry.digest === servedDigest;
  }

  record(reference: string, publication: Publication): void {
    this.#entries[reference] = publication;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify(this.#entries, null, 2)}\n`);
  }
}
