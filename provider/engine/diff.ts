import { formatPath, isAsset, type Path, type Properties, UNKNOWN, type Value } from "./values.ts";

export interface PropertyChange {
  path: string;
  kind: "add" | "delete" | "update";
  replace: boolean;
}

/** Which properties matter, and how, when wanted inputs are held against what was observed. */
export interface DiffRules {
  /** A change of one of these makes another thing: the resource is replaced. */
  identity: readonly string[];
  /** How the provider works rather than what the host has (validation commands, deletion policy): never a change. */
  settings: readonly string[];
}

/**
 * What has to change so that the observed state becomes the wanted one. Pure. A property that is not declared is not
 * managed; inside a declared property every key counts, in both directions.
 */
export function diffProperties(wanted: Properties, observed: Properties, rules: DiffRules): PropertyChange[] {
  const changes: PropertyChange[] = [];
  for (const [key, value] of Object.entries(wanted)) {
    if (key === "host" || rules.settings.includes(key) || value === undefined) continue;
    compare(value, observed[key], [key], rules.identity.includes(key), changes);
  }
  const wantedHost = hostProperty(wanted, "name");
  if (wantedHost !== undefined && wantedHost !== hostProperty(observed, "name")) {
    changes.push({ path: "host.name", kind: "update", replace: true });
  }
  return changes;
}

/**
 * Whether the host is another machine now than when this was declared before, which then has nothing of it. No reason to
 * replace it: there is nothing to delete, and what is on a volume that outlived the machine is kept. A host that is not
 * known yet may be another machine: of one that can be made anew, a preview says so. Pure.
 */
export function diffMachine(before: Properties, wanted: Properties): PropertyChange[] {
  const machine = hostProperty(before, "machine");
  if (machine === undefined) return [];
  if (wanted.host === UNKNOWN) return [{ path: "host", kind: "update", replace: false }];
  const now = hostProperty(wanted, "machine");
  return now === undefined || now === machine ? [] : [{ path: "host.machine", kind: "update", replace: false }];
}

/**
 * What is different about how things are reached: no part of what they are, so never a reason to replace anything; but
 * the engine goes on with the old credentials where it is told of no difference. Pure.
 */
export function diffConfiguration(olds: Properties, news: Properties): PropertyChange[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].flatMap((path): PropertyChange[] => {
    const [before, after] = [olds[path], news[path]];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
    return [{ path, kind, replace: false }];
  });
}

function hostProperty(properties: Properties, key: "name" | "machine"): Value | undefined {
  const host = properties.host;
  return host !== null && typeof host === "object" && !Array.isArray(host) ? host[key] : undefined;
}

function compare(wanted: Value, observed: Value | undefined, path: Path, replace: boolean, changes: PropertyChange[]) {
  if (wanted === observed) return;
  const change = (kind: PropertyChange["kind"], where: Path = path) =>
    changes.push({ path: formatPath(where), kind, replace });
  if (observed === undefined || observed === null) {
    if (wanted === null || (Array.isArray(wanted) && wanted.length === 0)) return;
    change("add");
    return;
  }
  if (wanted === UNKNOWN || !isObject(wanted) || !isObject(observed)) {
    change("update");
    return;
  }
  if (isAsset(wanted) && isAsset(observed)) {
    if (wanted.asset.hash !== observed.asset.hash || wanted.asset.text !== observed.asset.text) change("update");
    return;
  }
  if (Array.isArray(wanted) !== Array.isArray(observed)) {
    change("update");
    return;
  }
  const before = observed as { [key: string]: Value };
  const after = wanted as { [key: string]: Value };
  const step = (key: string): Path => [...path, Array.isArray(wanted) ? Number(key) : key];
  for (const key of Object.keys(after)) compare(after[key] ?? null, before[key], step(key), replace, changes);
  for (const key of Object.keys(before)) {
    if (after[key] === undefined && before[key] !== null) change("delete", step(key));
  }
}

function isObject(value: Value): value is Value[] | { [key: string]: Value } {
  return typeof value === "object" && value !== null;
}
