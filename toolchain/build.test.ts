import { expect, it } from "vitest";
import { countProgress } from "./build.ts";

it("counts compiled packages and nothing else of a build's log", () => {
  const log =
    "go: downloading golang.org/x/sys v0.1.0\nerrors\ngolang.org/x/sys/unix\n# github.com/a/b\nfile.go:1:2: bad\n";
  expect(countProgress(log, "2085\n")).toEqual({ compiled: 2, total: 2085 });
});
