/** Filters, order and pages, the same for every collection. */
import type { Context } from "hono";
import { invalidField } from "./errors.ts";
import { labelSelector } from "./labels.ts";

const DEFAULT_PER_PAGE = 25;
const MAX_PER_PAGE = 50;

export interface Pagination {
  page: number;
  per_page: number;
  previous_page: number | null;
  next_page: number | null;
  last_page: number;
  total_entries: number;
}

export interface ListOptions<T> {
  /** What `sort` may name, and the value to compare by. The first is the default order. */
  sort: Record<string, (item: T) => string | number>;
  /** Query parameters that keep items with one of the given values. */
  filters?: Record<string, (item: T) => string | null | undefined>;
}

type Query = Pick<URLSearchParams, "get" | "getAll">;

/** @throws ApiError `invalid_input` naming the query parameter. */
export function selectPage<T>(
  query: Query,
  items: readonly T[],
  options: ListOptions<T>,
): { items: T[]; pagination: Pagination } {
  const page = positive(query, "page", 1);
  const perPage = Math.min(positive(query, "per_page", DEFAULT_PER_PAGE), MAX_PER_PAGE);
  const selected = sorted(query, filtered(query, items, options), options);
  const lastPage = Math.max(1, Math.ceil(selected.length / perPage));
  return {
    items: selected.slice((page - 1) * perPage, page * perPage),
    pagination: {
      page,
      per_page: perPage,
      previous_page: page > 1 ? page - 1 : null,
      next_page: page < lastPage ? page + 1 : null,
      last_page: lastPage,
      total_entries: selected.length,
    },
  };
}

/** Answers a list request: `{"<key>": [...], "meta": {"pagination": {...}}}`. */
export function list<T>(
  context: Context,
  key: string,
  items: readonly T[],
  options: ListOptions<T>,
  render: (item: T) => unknown,
): Response {
  const page = selectPage(new URL(context.req.url).searchParams, items, options);
  return context.json({ [key]: page.items.map(render), meta: { pagination: page.pagination } });
}

interface Listed {
  id: number;
  name: string;
  created: string;
}

/** Order and filters that all resources with a name share. */
export const named = {
  sort: {
    id: (item: Listed) => item.id,
    name: (item: Listed) => item.name,
    created: (item: Listed) => item.created,
  },
  filters: { name: (item: Listed) => item.name },
};

function filtered<T>(query: Query, items: readonly T[], options: ListOptions<T>): T[] {
  let selected = [...items];
  for (const [parameter, value] of Object.entries(options.filters ?? {})) {
    const wanted = query.getAll(parameter).filter((it) => it !== "");
    if (wanted.length > 0) selected = selected.filter((item) => wanted.includes(value(item) ?? ""));
  }
  const selector = query.get("label_selector");
  if (selector) {
    const matches = labelSelector(selector);
    selected = selected.filter((item) => matches((item as { labels?: Record<string, string> }).labels ?? {}));
  }
  return selected;
}

function sorted<T>(query: Query, items: T[], options: ListOptions<T>): T[] {
  const wanted = query.getAll("sort").filter((it) => it !== "");
  const orders = (wanted.length > 0 ? wanted : Object.keys(options.sort).slice(0, 1)).map((text) => {
    const [field = "", direction = "asc"] = text.split(":");
    const value = options.sort[field];
    if (!value || !["asc", "desc"].includes(direction)) {
      const allowed = Object.keys(options.sort).join(", ");
      throw invalidField("sort", `'${text}' is not one of ${allowed}, optionally with :asc or :desc`);
    }
    return { value, sign: direction === "desc" ? -1 : 1 };
  });
  return items.sort((a, b) => {
    for (const { value, sign } of orders) {
      const [left, right] = [value(a), value(b)];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}

function positive(query: Query, parameter: string, fallback: number): number {
  const text = query.get(parameter);
  if (text === null || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw invalidField(parameter, "must be a whole number from 1");
  return value;
}
