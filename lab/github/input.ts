import type { Context } from "hono";
import type { z } from "zod";
import { type FieldError, GitHubError, invalid } from "./errors.ts";

/** The body of a request, or GitHub's own complaint about it. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  resource: string,
): Promise<z.output<Schema>> {
  let body: unknown;
  try {
    body = JSON.parse((await c.req.text()) || "{}");
  } catch {
    throw new GitHubError(400, "Problems parsing JSON");
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue): FieldError => {
    const field = issue.path.join(".");
    const missing = issue.code === "invalid_type" && issue.message.endsWith("undefined");
    return { resource, field, code: missing ? "missing_field" : "invalid", message: issue.message };
  });
  throw invalid(...errors);
}

/** One page of a list, with the `Link` header that clients follow. */
export function paged<Item>(c: Context, items: readonly Item[]): Item[] {
  const size = Math.min(100, Math.max(1, Number(c.req.query("per_page") ?? 30)));
  const page = Math.max(1, Number(c.req.query("page") ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string): string => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(to));
    return `<${url}>; rel="${rel}"`;
  };
  const links = [
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(page - 1, "prev"), link(1, "first")] : []),
  ];
  if (links.length > 0) c.header("Link", links.join(", "));
  return items.slice((page - 1) * size, page * size);
}
