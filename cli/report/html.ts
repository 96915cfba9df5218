/** Text as HTML: whatever comes from a stack is escaped, unless it was made here. */
import { escapeXml } from "../diagram/svg.ts";

/** A piece of HTML that is well-formed. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Value = string | number | Html;

/** A template whose values are escaped. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const shown = values.map((value) => (value instanceof Html ? String(value) : escapeXml(String(value))));
  return new Html(parts.map((part, index) => part + (shown[index] ?? "")).join(""));
}

/** Takes over markup that was made by this program. */
html.trusted = (text: string): Html => new Html(text);

export function join(pieces: readonly Html[], between = ""): Html {
  return new Html(pieces.map(String).join(between));
}
