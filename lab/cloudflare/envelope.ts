/** What every answer of Cloudflare's API v4 is wrapped in. */
import type { Context } from "hono";
import type { z } from "zod";

/** One thing that is wrong, with what lies behind it. */
export interface ApiFault {
  code: number;
  message: string;
  error_chain?: ApiFault[];
}

export class CloudflareError extends Error {
  readonly status: number;
  readonly fault: ApiFault;

  constructor(status: number, code: number, message: string, chain?: ApiFault[]) {
    super(message);
    this.status = status;
    this.fault = { code, message, ...(chain && { error_chain: chain }) };
  }
}

export function failed(c: Context, { status, fault }: CloudflareError): Response {
  return c.json({ success: false, errors: [fault], messages: [], result: null }, status as 400);
}

export function succeeded(c: Context, result: unknown): Response {
  return c.json({ success: true, errors: [], messages: [], result });
}

/** A list with its page: `page` from 1, `per_page` 20 by default. */
export function page<T>(c: Context, items: readonly T[], mostPerPage = 100): Response {
  const number = Math.max(1, Number(c.req.query("page") ?? 1) || 1);
  const size = Math.min(mostPerPage, Math.max(1, Number(c.req.query("per_page") ?? 20) || 20));
  const result = items.slice((number - 1) * size, number * size);
  const info = {
    page: number,
    per_page: size,
    count: result.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / size),
  };
  return c.json({ success: true, errors: [], messages: [], result, result_info: info });
}

/** @throws CloudflareError for what is no JSON, or does not fit */
export async function body<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const result = schema.safeParse(await c.req.json().catch(() => undefined));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CloudflareError(400, 1004, "DNS Validation Error", [
    { code: 9000, message: `${issue?.path.join(".") || "body"}: ${issue?.message}` },
  ]);
}
