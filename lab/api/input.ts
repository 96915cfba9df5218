/** Reading request bodies: every fault of a body is reported at once, with its path. */
import type { Context } from "hono";
import { z } from "zod";
import { ApiError, type FieldFault, invalidInput, notUnique } from "./errors.ts";
import { isLabelKey, isLabelValue } from "./labels.ts";
import type { Named, Table } from "./state.ts";

export const labelsField = z.record(z.string(), z.string()).superRefine((labels, context) => {
  for (const [key, value] of Object.entries(labels)) {
    if (!isLabelKey(key))
      context.addIssue({ code: "custom", message: `label key '${key}' is not correctly formatted` });
    if (!isLabelValue(value)) {
      context.addIssue({ code: "custom", message: `value '${value}' of label '${key}' is not correctly formatted` });
    }
  }
});

export const nameField = z.string().trim().min(1, "must not be empty").max(64, "must have at most 64 characters");

export const idField = z.number().int().positive();

/** Clients send either an id or a name, and ids sometimes as text. */
export const idOrNameField = z.union([z.number().int(), z.string().min(1)]).transform(String);

export const renameBody = z.object({ name: nameField.optional(), labels: labelsField.optional() });

/** @throws ApiError `json_error`, or `invalid_input` with all faults. */
export async function readBody<T extends z.ZodType>(context: Context, schema: T): Promise<z.output<T>> {
  const text = await context.req.text();
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new ApiError(400, "json_error", "the request body is not valid JSON");
  }
  const result = schema.safeParse(body);
  if (!result.success) throw invalidInput(fieldFaults(result.error));
  return result.data;
}

export function fieldFaults(error: z.ZodError): FieldFault[] {
  const faults = new Map<string, string[]>();
  for (const issue of error.issues) {
    const name = issue.path.join(".") || "body";
    faults.set(name, [...(faults.get(name) ?? []), issue.message]);
  }
  return [...faults].map(([name, messages]) => ({ name, messages }));
}

/** @throws ApiError `uniqueness_error` when another one has the name already. */
export function assertFreeName(table: Table<Named>, name: string, what: string, except?: number): void {
  if (Object.values(table).some((record) => record.name === name && record.id !== except))
    throw notUnique(what, "name");
}

/** Applies a `PUT` that renames or relabels. */
export function rename(table: Table<Named>, record: Named, what: string, body: z.output<typeof renameBody>): void {
  if (body.name !== undefined) {
    assertFreeName(table, body.name, what, record.id);
    record.name = body.name;
  }
  if (body.labels !== undefined) record.labels = body.labels;
}
