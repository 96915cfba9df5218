import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("scripts");
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});
beforeEach(async () => {
  await project?.remove();
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});

test("a script applies when what it observes is not what is wanted, and takes itself back", async () => {
  await project.program(`new quayside.Script("count", {
    host,
    observe: "cat /srv/count 2>/dev/null || echo none",
    wanted: "it's 1\\n",
    apply: 'printf "%s\\n" "$WORD" >/srv/count; echo applied >>/srv/log',
    revert: "rm /srv/count; echo $WORD >>/srv/log",
    input: { WORD: "it's 1" },
  });`);
  await project.up();
  expect(await host.sh("cat /srv/count /srv/log")).toBe("it's 1\napplied\n");
  expect((await project.up()).steps).toEqual([]);
  await host.sh("echo 2 >/srv/count");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([
    { op: "update", diff: { wanted: "update" } },
  ]);
  await project.up({ refresh: true });
  expect(await host.sh("cat /srv/count")).toBe("it's 1\n");
  await project.destroy();
  expect(await host.sh("ls /srv/count 2>/dev/null || cat /srv/log")).toBe("applied\napplied\nit's 1\n");
});

test("what is already so is adopted without running anything", async () => {
  await project.program(
    'new quayside.Script("there", { host, observe: "echo yes", wanted: "yes", apply: "touch /srv/ran" });',
  );
  await project.up();
  expect(await host.sh("ls /srv/ran 2>/dev/null || echo no")).toBe("no\n");
});

test("scripts fail on their own: at the first failing command, in their syntax, or without effect", async () => {
  await project.program(`
    new quayside.Script("stops", { host, observe: "echo a", wanted: "b", apply: "false; touch /srv/never" });
    new quayside.Script("syntax", { host, observe: "echo ) (", wanted: "b", apply: "true" });
    new quayside.Script("vain", { host, observe: "echo a", wanted: "b", apply: "true" });
    new quayside.Script("fine", { host, observe: "cat /srv/fine || echo", wanted: "b", apply: "echo b >/srv/fine" });
  `);
  const run = await project.up({ mayFail: true, args: ["--continue-on-error"] });
  expect(run.code).not.toBe(0);
  const said = (name: string) =>
    run.diagnostics
      .filter((it) => it.urn.endsWith(`::${name}`) && it.severity === "error")
      .map((it) => it.message)
      .join();
  expect(said("stops")).toContain("cannot run the apply script (exit code 1)");
  expect(said("syntax")).toContain("cannot run the observe script");
  expect(said("vain")).toContain('printed "a"');
  expect(said("fine")).toBe("");
  expect(await host.sh("cat /srv/fine; ls /srv/never 2>/dev/null || echo never")).toBe("b\nnever\n");
});
