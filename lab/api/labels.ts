/** Labels and label selectors, in the grammar of the Hetzner Cloud API. */
import { invalidField } from "./errors.ts";

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

export function isLabelKey(key: string): boolean {
  const slash = key.lastIndexOf("/");
  if (slash < 0) return NAME.test(key);
  return PREFIX.test(key.slice(0, slash)) && NAME.test(key.slice(slash + 1));
}

export function isLabelValue(value: string): boolean {
  return value === "" || NAME.test(value);
}

type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

/**
 * Reads a selector such as `env=prod,!old,role in (web,db)`.
 *
 * @returns a predicate on labels; every term has to hold. The empty selector selects everything.
 * @throws ApiError `invalid_input` naming `label_selector`.
 */
export function labelSelector(selector: string): Test {
  const tests = splitTerms(selector).map((term) => parseTerm(term, selector));
  return (labels) => tests.every((test) => test(labels));
}

/** Commas separate terms, except inside the parentheses of a set. */
function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "");
}

function parseTerm(term: string, selector: string): Test {
  const wrong = (): never => {
    throw invalidField("label_selector", `malformed term '${term}' in '${selector}'`);
  };
  const checked = (key: string): string => (isLabelKey(key) ? key : wrong());

  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set) {
    const [, rawKey = "", operator, list = ""] = set;
    const key = checked(rawKey);
    const values = list.split(",").map((value) => value.trim());
    if (!values.every(isLabelValue)) wrong();
    const isIn: Test = (labels) => key in labels && values.includes(labels[key] ?? "");
    return operator === "in" ? isIn : (labels) => !isIn(labels);
  }
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (equality) {
    const [, rawKey = "", operator, value = ""] = equality;
    const key = checked(rawKey);
    if (!isLabelValue(value)) wrong();
    return operator === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  if (term.startsWith("!")) {
    const key = checked(term.slice(1).trim());
    return (labels) => !(key in labels);
  }
  const key = checked(term);
  return (labels) => key in labels;
}
