import type { Policy } from "./model.ts";

type Statement = { [key: string]: unknown };

/** Parts of a statement that are one string or a list of them, in any order. */
const LISTS = ["Action", "NotAction", "Resource", "NotResource"] as const;

/** Condition keys that keep strangers out; as AWS judges what is public. */
const NARROWING =
  /^(aws:(sourceip|vpcsourceip|sourcearn|sourceaccount|sourcevpc|sourcevpce|sourceowner|sourceorgid|principalarn|principalaccount|principalorgid|principalorgpaths|userid|principaltag\/.+)|s3:dataaccesspointarn)$/;

/**
 * One writing for every way to write the same policy, as endpoints give back another one than they were given: lists
 * are lists and sorted, everybody is `{"AWS": ["*"]}`.
 */
export function canonicalPolicy(document: Policy): Policy {
  if (Object.keys(document).length === 0) return {};
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement ?? {}];
  return { Version: "2012-10-17", ...document, Statement: statements.map((it) => canonicalStatement(it as Statement)) };
}

function canonicalStatement(statement: Statement): Statement {
  const result: Statement = { ...statement };
  for (const part of LISTS) if (part in statement) result[part] = list(statement[part]);
  for (const part of ["Principal", "NotPrincipal"]) if (part in statement) result[part] = principals(statement[part]);
  if (isObject(statement.Condition)) {
    result.Condition = each(statement.Condition, (keys) => (isObject(keys) ? each(keys, list) : keys));
  }
  return result;
}

function principals(value: unknown): unknown {
  return isObject(value) ? each(value, list) : { AWS: list(value) };
}

/** Which statements let everybody in: allowed, to anybody, under no condition that keeps strangers out. */
export function publicStatements(policy: Policy): number[] {
  const statements = (policy.Statement ?? []) as Statement[];
  return statements.flatMap((statement, index) => (isPublic(statement) ? [index] : []));
}

function isPublic({ Effect, Principal, NotPrincipal, Condition }: Statement): boolean {
  if (Effect !== "Allow") return false;
  const anybody = NotPrincipal !== undefined || (isObject(Principal) && list(Principal.AWS).includes("*"));
  return anybody && !Object.entries((Condition ?? {}) as object).some(([operator, keys]) => narrows(operator, keys));
}

function narrows(operator: string, keys: unknown): boolean {
  if (/Not|IfExists$|^Null$|^ForAllValues:/i.test(operator) || !isObject(keys)) return false;
  return Object.entries(keys).some(
    ([key, values]) =>
      NARROWING.test(key.toLowerCase()) && !list(values).some((value) => /^(\*|0\.0\.0\.0\/[0-7]|::\/\d)$/.test(value)),
  );
}

function list(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String).sort();
}

function each(object: { [key: string]: unknown }, change: (value: unknown) => unknown): { [key: string]: unknown } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
