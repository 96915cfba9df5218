import { expect, it } from "vitest";
import type { Deployment, ResourceState } from "../interrupted/pending.ts";
import { digestState, misfits, type PlannedOn } from "./planned-on.ts";

const urn = (name: string) => `urn:pulumi:prod::quayside::quayside:host:File::${name}`;

function resource(name: string, image: string, more: Record<string, unknown> = {}): ResourceState {
  return { urn: urn(name), type: "quayside:host:File", inputs: { image, env: { a: 1, b: 2 } }, ...more };
}

const state = (...resources: ResourceState[]): Deployment => ({
  version: 3,
  deployment: { manifest: { time: new Date().toISOString() }, resources },
});

const planned = (deployed: Deployment, commit?: string): PlannedOn => ({
  state: digestState(deployed),
  ...(commit && { commit }),
});

const before = planned(state(resource("web", "1"), resource("db", "1")));

it("a state that says the same is the same, whoever wrote it and when", () => {
  const same = state(
    resource("db", "1", { modified: "2026-11-20T00:00:00Z", sourcePosition: "project:///stacks/prod.ts#9" }),
    { inputs: { env: { b: 2, a: 1 }, image: "1" }, type: "quayside:host:File", urn: urn("web") },
  );
  expect(misfits(before, planned(same))).toEqual([]);
});

it("what was changed, made or removed since is named", () => {
  const hotFixed = planned(state(resource("web", "3"), resource("cache", "1")));
  expect(misfits(before, hotFixed)).toEqual([
    "what is deployed has changed since: cache (new), db (gone), web (changed)",
  ]);
  const many = planned(state(...Array.from({ length: 12 }, (_, index) => resource(`site-${index}`, "1"))));
  expect(misfits(before, many)[0]).toMatch(/and 7 more$/);
});

it("a change within a list counts, and so does a field that is incidental only of a resource itself", () => {
  const of = (files: unknown[]) => planned(state(resource("web", "1", { outputs: { files } })));
  expect(misfits(of(["a", "b"]), of(["b", "a"]))).toHaveLength(1);
  expect(misfits(of([{ modified: 1 }]), of([{ modified: 2 }]))).toHaveLength(1);
});

it("an operation that nobody knows the end of is another state, and so is half a replacement", () => {
  const web = resource("web", "1");
  const now = state(web, resource("db", "1"));
  now.deployment.pending_operations = [{ type: "updating", resource: web }];
  expect(misfits(before, planned(now))).toHaveLength(1);
  const half = state(web, resource("db", "1"), resource("web", "1", { delete: true }));
  expect(misfits(before, planned(half))).toHaveLength(1);
});

it("there may be no state at all, as for the first plan", () => {
  const none = planned({ version: 3, deployment: {} });
  expect(misfits(none, planned(state()))).toEqual([]);
  expect(misfits(none, before)).toHaveLength(1);
  expect(misfits(before, none)).toHaveLength(1);
});

it("another commit is refused where both are known", () => {
  const [at, other] = [planned(state(), "a".repeat(40)), planned(state(), "b".repeat(40))];
  expect(misfits(at, at)).toEqual([]);
  expect(misfits(planned(state(), "aaaaaaa"), at)).toEqual([]);
  expect(misfits(at, planned(state()))).toEqual([]);
  expect(misfits(at, other)[0]).toBe(
    `it was made from commit ${"a".repeat(40)}, and this checkout is at ${"b".repeat(40)}`,
  );
});
