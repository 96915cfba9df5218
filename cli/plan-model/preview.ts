/** What a preview says, from the output of `pulumi preview --json --show-sames`. */
import { differencesOf } from "./differences.ts";
import { type RawResource, type Resource, readResource } from "./resource.ts";

/** What happens to a resource. */
export type Operation = "same" | "create" | "update" | "replace" | "delete";

export interface Step {
  operation: Operation;
  urn: string;
  /** As it is now; undefined for what is new. */
  before?: Resource;
  /** As it will be; undefined for what goes. */
  after?: Resource;
  /** Paths of the properties that the engine says differ; it knows of secrets, too. */
  differing: readonly string[];
}

/** An error or a warning of the run. */
export interface Problem {
  severity: "error" | "warning";
  message: string;
  urn?: string;
}

export interface Preview {
  steps: readonly Step[];
  problems: readonly Problem[];
}

/** A step as the engine prints it. */
export interface RawStep {
  op: string;
  urn: string;
  oldState?: RawResource;
  newState?: RawResource;
  detailedDiff?: Record<string, unknown> | null;
  diffReasons?: readonly string[] | null;
}

/** @throws SyntaxError when the text is not what the engine prints. */
export function readPreview(json: string): Preview {
  const raw = parseObject(json) as { steps?: RawStep[]; diagnostics?: RawDiagnostic[] };
  const byUrn = Map.groupBy(raw.steps ?? [], ({ urn }) => urn);
  return {
    steps: [...byUrn].map(([urn, steps]) => readStep(urn, steps)),
    problems: readProblems(raw.diagnostics ?? []),
  };
}

/** The steps one by one, as they come. @throws SyntaxError when the text is not what the engine prints. */
export function rawSteps(json: string): readonly RawStep[] {
  return (parseObject(json) as { steps?: RawStep[] }).steps ?? [];
}

/** What the engine warns of before the JSON begins stands in front of it. */
function parseObject(text: string): object {
  const parsed: unknown = JSON.parse(text.slice(Math.max(text.search(/^\{/m), 0)));
  if (typeof parsed !== "object" || parsed === null) throw new SyntaxError("a preview is a JSON object");
  return parsed;
}

/** A replacement comes as several steps of one resource. */
function readStep(urn: string, raw: readonly RawStep[]): Step {
  const operations = raw.map(({ op }) => op);
  const old = raw.find(({ oldState }) => oldState)?.oldState;
  const wanted = raw.filter(({ op }) => !op.startsWith("delete")).findLast(({ newState }) => newState)?.newState;
  const operation = combined(operations);
  const differing = raw.flatMap(({ detailedDiff, diffReasons }) =>
    detailedDiff ? Object.keys(detailedDiff) : (diffReasons ?? []),
  );
  return {
    operation,
    urn,
    ...(old && operation !== "create" && { before: readResource(old) }),
    ...(wanted && operation !== "delete" && { after: readResource(wanted) }),
    differing: [...new Set(differing)],
  };
}

function combined(operations: readonly string[]): Operation {
  if (operations.some((op) => op.includes("replac"))) return "replace";
  for (const op of ["delete", "create", "update"] as const) if (operations.includes(op)) return op;
  if (operations.includes("import")) return "create";
  if (operations.includes("discard")) return "delete";
  return "same";
}

interface RawDiagnostic {
  urn?: string;
  message?: string;
  prefix?: string;
  severity?: string;
}

function readProblems(diagnostics: readonly RawDiagnostic[]): Problem[] {
  return diagnostics.flatMap(({ severity, message = "", urn }): Problem[] => {
    if (severity !== "error" && severity !== "warning") return [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the engine's messages carry colours
    const text = message.replace(/\x1b\[[0-9;]*m|<\{%.*?%\}>/g, "").trim();
    return text === "" ? [] : [{ severity, message: text, ...(urn && { urn }) }];
  });
}

/**
 * What changes between two previews of the same stack that were both compared with an empty state: between two versions of
 * a program where the state cannot be read. A changed secret does not show, as both have it masked.
 */
export function comparePreviews(base: Preview, head: Preview): Preview {
  const before = new Map(resourcesAfter(base).map((resource) => [resource.urn, resource]));
  const after = new Map(resourcesAfter(head).map((resource) => [resource.urn, resource]));
  const urns = new Set([...before.keys(), ...after.keys()]);
  return {
    steps: [...urns].map((urn) => compared(urn, before.get(urn), after.get(urn))),
    problems: newProblems(base, head),
  };
}

/** What both warn of is not the change's doing. */
function newProblems(base: Preview, head: Preview): Problem[] {
  const known = new Set(base.problems.filter(({ severity }) => severity === "warning").map(({ message }) => message));
  return head.problems.filter(({ message }) => !known.has(message));
}

function compared(urn: string, before: Resource | undefined, after: Resource | undefined): Step {
  const differing = before && after ? differencesOf(before, after).map(({ path }) => path) : [];
  const kept: Operation = differing.length > 0 ? "update" : "same";
  const operation: Operation = !before ? "create" : !after ? "delete" : kept;
  return { operation, urn, ...(before && { before }), ...(after && { after }), differing };
}

/** What there is now. */
export function resourcesBefore({ steps }: Preview): Resource[] {
  return steps.flatMap(({ before }) => before ?? []);
}

/** What there will be. */
export function resourcesAfter({ steps }: Preview): Resource[] {
  return steps.flatMap(({ after }) => after ?? []);
}
