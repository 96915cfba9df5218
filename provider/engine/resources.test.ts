import { expect, test } from "vitest";
import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { entriesWithout, fileThing } from "../things.ts";
import { ConnectionPool } from "../transport/pool.ts";
import { Sessions } from "../transport/session.ts";
import { resourceTypes } from "../types.ts";
import { Claims } from "./claims.ts";
import { ResourceLife } from "./resources.ts";
import type { Decoded, Properties } from "./values.ts";

type Set_ = HostInputs & { files: Record<string, string> };

/** Two types of resources on one made-up host, whose files are `there`. */
function world() {
  const there = new Map<string, string>();
  const warnings: string[] = [];
  const set: ResourceType<Set_, Omit<Set_, "host">> = {
    token: "quayside:host:Files",
    schema: z.any(),
    identity: [],
    idOf: () => "files",
    things: ({ files }) => Object.keys(files).map(fileThing),
    without: (declared, things) => ({ ...declared, files: entriesWithout(declared.files, fileThing, things) }),
    async observe(_session, { files }) {
      await tick();
      return { files: Object.fromEntries([...there].filter(([path]) => path in files)) };
    },
    async apply(_session, { files }, observed, previous) {
      await tick();
      for (const path of Object.keys(previous?.files ?? {})) if (!(path in files)) there.delete(path);
      for (const [path, content] of Object.entries(files)) {
        if (observed?.files[path] !== content) there.set(path, content);
      }
      return { files };
    },
    async remove(_session, { files }) {
      for (const path of Object.keys(files)) there.delete(path);
    },
  };
  const single: ResourceType<HostInputs & { path: string }, { path: string }> = {
    token: "quayside:host:File",
    schema: z.any(),
    identity: ["path"],
    idOf: ({ path }) => path,
    things: ({ path }) => [fileThing(path)],
    observe: async (_session, { path }) => (there.has(path) ? { path } : undefined),
    async apply(_session, { path }) {
      there.set(path, "");
      return { path };
    },
    async remove(_session, { path }) {
      there.delete(path);
    },
  };
  const claims = new Claims();
  const sessions = new Sessions(new ConnectionPool());
  const life = (type: object) => new ResourceLife(type as ResourceType<HostInputs, object>, sessions, claims);
  return {
    ...{ there, warnings, files: life(set), file: life(single) },
    display: { progress: () => {}, warn: (message: string) => warnings.push(message) },
  };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
const on = (properties: object, name = "core"): Decoded => {
  const host = { name, address: name === "core" ? "203.0.113.10" : "203.0.113.20" };
  return { properties: { host, ...properties } as unknown as Properties, secrets: [], unknowns: [] };
};
const set = (...paths: string[]) => on({ files: Object.fromEntries(paths.map((path) => [path, "x"])) });

test("what another resource adopted in this run is not destroyed, and that is said", async () => {
  const { there, warnings, file, display } = world();
  there.set("/a", "");
  file.check("urn::new", on({ path: "/a" }));
  await file.create(on({ path: "/a" }), display);
  await file.delete("urn::old", on({ path: "/a" }), on({ path: "/a" }), display);
  expect([...there.keys()]).toEqual(["/a"]);
  expect(warnings).toEqual([expect.stringContaining("declared by new now")]);
});

test("what nobody else has goes: a replacement's old half, another host's, one that was only previewed", async () => {
  const { there, warnings, file, display } = world();
  for (const path of ["/a", "/b", "/c"]) there.set(path, "");
  file.check("urn::same", on({ path: "/a" }));
  await file.delete("urn::same", on({ path: "/a" }), on({ path: "/a" }), display);
  file.check("urn::elsewhere", on({ path: "/b" }, "apps"));
  await file.delete("urn::old", on({ path: "/b" }), on({ path: "/b" }), display);
  file.check("urn::faulty", { ...on({ path: "/c" }), unknowns: [["content"]] });
  await file.delete("urn::old", on({ path: "/c" }), on({ path: "/c" }), display);
  expect([...there.keys()]).toEqual([]);
  expect(warnings).toEqual([]);
});

test("of several things, those that another has stay", async () => {
  const { there, warnings, files, file, display } = world();
  for (const path of ["/a", "/b"]) there.set(path, "x");
  file.check("urn::new", on({ path: "/a" }));
  await files.delete("urn::old", set("/a", "/b"), set("/a", "/b"), display);
  expect([...there.keys()]).toEqual(["/a"]);
  expect(warnings).toEqual([expect.stringContaining("file /a: declared by new now")]);
});

test.each([
  ["giver", "while it works"],
  ["giver", "at once"],
  ["taker", "at once"],
])("a path that moves between sets stays when the %s comes first, and the other %s", async (first, second) => {
  const { there, files, display } = world();
  for (const path of ["/a", "/moves"]) there.set(path, "x");
  const give = () => {
    files.check("urn::giver", set("/a"));
    return files.update("urn::giver", set("/a", "/moves"), set("/a"), display, set("/a", "/moves"));
  };
  const take = () => {
    files.check("urn::taker", set("/moves"));
    return files.create(set("/moves"), display);
  };
  // Side by side, as the engine does it.
  const [one, other] = first === "giver" ? [give, take] : [take, give];
  const working = one();
  if (second === "while it works") await new Promise(setImmediate);
  await Promise.all([working, other()]);
  expect([...there.keys()].sort()).toEqual(["/a", "/moves"]);
});

test("types that cover several things say which", () => {
  const of = (token: string, inputs: object) => resourceTypes.find((type) => type.token === token)?.things?.(inputs);
  expect(of("quayside:host:Files", { files: { "/a": {} } })).toEqual(of("quayside:host:File", { path: "/a" }));
  expect(of("quayside:host:Packages", { packages: { ufw: "present" }, sources: { docker: {} } })).toEqual([
    "package ufw",
    "apt source docker",
  ]);
  expect(of("quayside:ovh:DnsRecords", { zone: "example.org", records: { "www A": {} } })).toEqual([
    "record www A of example.org",
  ]);
  const script = (input: object) => of("quayside:host:Script", { observe: "cat $FILE", input });
  expect(script({ FILE: "/a" })).not.toEqual(script({ FILE: "/b" }));
  const forget = (node: string) => of("quayside:host:Script", { observe: "echo known", revert: `forget ${node}` });
  expect(forget("apps")).not.toEqual(forget("core"));
});

test("another machine has nothing of the last run: nothing is taken away there, and nothing foretold of it", async () => {
  const { there, files, display } = world();
  there.set("/old", "x");
  const of = (machine: string, ...paths: string[]): Decoded => {
    const { properties, ...rest } = set(...paths);
    return { ...rest, properties: { ...properties, host: { ...(properties.host as object), machine } } };
  };
  const before = of("1", "/old");
  await files.update("urn::set", before, of("2", "/new"), display, before);
  expect([...there.keys()]).toEqual(["/old", "/new"]);
  await files.update("urn::set", before, of("1", "/new"), display, before);
  expect([...there.keys()]).toEqual(["/new"]);
});

test("what is found does not become what is declared: the next look is at the same things", async () => {
  const { there, files, display } = world();
  there.set("/a", "altered");
  const declared = set("/a", "/b");
  const found = await files.read(declared, declared, display);
  expect(found?.properties).toMatchObject({ files: { "/a": "altered" } });
  expect(found).not.toHaveProperty("inputs");
});
