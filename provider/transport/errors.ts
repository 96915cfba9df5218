/** Something went wrong on, or on the way to, a host. The message is complete: what, where, and what to do. */
export class HostError extends Error {
  override readonly name = "HostError";
}

/** A host that cannot be connected to: of all its resources, only the first says why, and only for it is it tried. */
export class UnreachableError extends HostError {
  readonly #host: string;

  /** @param host as messages name it */
  constructor(host: string, message: string) {
    super(message);
    this.#host = host;
  }

  /** What the other resources of the host say. */
  again(): HostError {
    return new HostError(`${this.#host}: not reached, as another error of this run says why.`);
  }
}

/** Shorter ones would shred ordinary words, and are no secrets worth the name. */
const SHORTEST = 4;
const SHORTEST_LINE = 8;

/**
 * Replaces every secret in a text, so that a tool's own message can be shown; of one with several lines each line too,
 * as tools quote what they choke on by line.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const lines = secrets.flatMap((secret) => secret.split("\n")).filter((line) => line.trim().length >= SHORTEST_LINE);
  const words = [...secrets.filter((secret) => secret.length >= SHORTEST), ...lines]
    .flatMap((word) => [word, word.trim(), Buffer.from(word).toString("base64")])
    .filter((word) => word.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return words.reduce((result, word) => result.replaceAll(word, "[secret]"), text);
}
