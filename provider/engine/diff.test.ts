import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffConfiguration, diffMachine, diffProperties } from "./diff.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const rules = { identity: ["path"], settings: ["retain"] };
const host = { name: "core", address: "203.0.113.10" };

describe("diffProperties", () => {
  test("nothing to do when what is observed is what is wanted", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const properties = { host, files: value } as Properties;
        expect(diffProperties(properties, structuredClone(properties), rules)).toEqual([]);
      }),
    );
  });

  test("names each nested difference, in both directions", () => {
    const wanted = { files: { "/a": { mode: "0644" }, "/b": { mode: "0600" } } };
    const observed = { files: { "/a": { mode: "0755" }, "/c": { mode: "0600" } } };
    expect(diffProperties(wanted, observed, rules)).toEqual([
      { path: 'files["/a"].mode', kind: "update", replace: false },
      { path: 'files["/b"]', kind: "add", replace: false },
      { path: 'files["/c"]', kind: "delete", replace: false },
    ]);
  });

  test("another path is another thing; settings and the connection never count", () => {
    const observed = { host, path: "/a", retain: false };
    const moved = { host: { ...host, address: "203.0.113.99", port: 804 }, path: "/a", retain: true };
    expect(diffProperties(moved, observed, rules)).toEqual([]);
    expect(diffProperties({ host, path: "/b" }, observed, rules)).toEqual([
      { path: "path", kind: "update", replace: true },
    ]);
    expect(diffProperties({ host: { ...host, name: "hub" } }, observed, rules)).toEqual([
      { path: "host.name", kind: "update", replace: true },
    ]);
  });

  test("an unknown value is a change, an undeclared one is not", () => {
    expect(diffProperties({ content: UNKNOWN }, { content: "a", mode: "0644" }, rules)).toEqual([
      { path: "content", kind: "update", replace: false },
    ]);
  });
});

test("another credential is a difference, which replaces nothing", () => {
  const olds = { token: "old", endpoint: "https://one", gone: "1" };
  expect(diffConfiguration(olds, { token: "new", endpoint: "https://one", fresh: "2" })).toEqual([
    { path: "token", kind: "update", replace: false },
    { path: "gone", kind: "delete", replace: false },
    { path: "fresh", kind: "add", replace: false },
  ]);
  expect(diffConfiguration(olds, { ...olds })).toEqual([]);
});

describe("diffMachine", () => {
  const on = (machine?: string) => ({ host: { ...host, ...(machine && { machine }) } });

  test("a machine that was made anew has to be set up again; nothing is replaced, so nothing is deleted", () => {
    expect(diffMachine(on("1"), on("2"))).toEqual([{ path: "host.machine", kind: "update", replace: false }]);
    expect(diffMachine(on("1"), on("1"))).toEqual([]);
    expect(diffProperties(on("2"), on("1"), rules)).toEqual([]);
  });

  test("in a preview it may be one, if it can be made anew at all", () => {
    const unknown = { host: UNKNOWN } as Properties;
    expect(diffMachine(on("1"), unknown)).toEqual([{ path: "host", kind: "update", replace: false }]);
    expect(diffMachine(on(), unknown)).toEqual([]);
  });

  test("a state from before this was noted says nothing", () => {
    expect(diffMachine(on(), on("2"))).toEqual([]);
    expect(diffMachine(on("1"), on())).toEqual([]);
  });
});
