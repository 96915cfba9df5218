import type { Resource } from "./resource.ts";

/** One property that differs. */
export interface Difference {
  /** `compose.services.n8n.image`. */
  path: string;
  /** Undefined where it was not there. */
  from: unknown;
  /** Undefined where it is gone. */
  to: unknown;
}

/** What differs in the inputs of a resource, by property, in the order of the paths. */
export function differencesOf(before: Resource, after: Resource): Difference[] {
  const found: Difference[] = [];
  compare("", before.inputs, after.inputs, found);
  return found.filter(({ path }) => !isPlumbing(path, after.type)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The bridge's notes about defaults, and how a host is reached, which is never part of a difference. */
function isPlumbing(path: string, type: string): boolean {
  if (/(^|\.)__(defaults|internal)(\.|\[|$)/.test(path)) return true;
  return type.startsWith("quayside:") && /^host(\.|$)/.test(path) && !["host.name", "host.machine"].includes(path);
}

function compare(path: string, from: unknown, to: unknown, found: Difference[]): void {
  if (Object.is(from, to)) return;
  if (isObject(from) && isObject(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      compare(child(path, key), from[key], to[key], found);
    }
    return;
  }
  if (Array.isArray(from) && Array.isArray(to) && [...from, ...to].some(isObject)) {
    for (let index = 0; index < Math.max(from.length, to.length); index++) {
      compare(`${path}[${index}]`, from[index], to[index], found);
    }
    return;
  }
  if (JSON.stringify(from) !== JSON.stringify(to)) found.push({ path, from, to });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A key with dots or slashes is quoted, as Pulumi does. */
function child(path: string, key: string): string {
  if (!/^[\w$-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
