import { describe, expect, it } from "vitest";
import { named, selectPage } from "./listing.ts";

const items = Array.from({ length: 60 }, (_, index) => ({
  id: index + 1,
  name: `s${String(60 - index).padStart(2, "0")}`,
  created: "2026-01-01T00:00:00Z",
  labels: (index % 2 === 0 ? { even: "no" } : { even: "yes" }) as Record<string, string>,
}));
const select = (query: string) => selectPage(new URLSearchParams(query), items, named);

describe("selectPage", () => {
  it("pages by 25 unless told otherwise", () => {
    expect(select("").pagination).toEqual({
      page: 1,
      per_page: 25,
      previous_page: null,
      next_page: 2,
      last_page: 3,
      total_entries: 60,
    });
    expect(select("page=3").items).toHaveLength(10);
    expect(select("page=3").pagination).toMatchObject({ previous_page: 2, next_page: null });
  });

  it("gives at most 50 a page", () => {
    expect(select("per_page=200").pagination).toMatchObject({ per_page: 50, last_page: 2 });
  });

  it("covers every item once over all pages", () => {
    const ids = [1, 2, 3, 4].flatMap((page) => select(`per_page=17&page=${page}`).items.map((item) => item.id));
    expect(ids).toEqual(items.map((item) => item.id));
  });

  it("has one empty page when nothing is there", () => {
    expect(selectPage(new URLSearchParams(), [], named).pagination).toMatchObject({ last_page: 1, total_entries: 0 });
  });

  it("sorts by several fields and directions", () => {
    expect(select("sort=name").items[0]?.id).toBe(60);
    expect(select("sort=created&sort=id:desc").items[0]?.id).toBe(60);
  });

  it("filters by name and by labels", () => {
    expect(select("name=s60").items.map((item) => item.id)).toEqual([1]);
    expect(select("label_selector=even%3Dyes").pagination.total_entries).toBe(30);
  });

  it.each(["page=0", "page=x", "per_page=-1", "sort=color", "sort=id:up"])("refuses %s", (query) => {
    expect(() => select(query)).toThrow(/invalid input/);
  });
});
