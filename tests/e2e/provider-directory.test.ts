import { afterAll, beforeAll, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("directories");
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

const facts = (path: string) => host.sh(`stat -c '%a %U %G' ${path}`);

test("a directory is adopted or made, seen when it drifts, repaired, and deleted only when that loses nothing", async () => {
  await host.sh(
    "install -d -m 0750 /srv/there; echo data > /srv/there/file; install -d /srv/wiped; touch /srv/wiped/x",
  );
  const before = await host.sh("stat -c '%Z' /srv/there");
  await project.program(`
    new quayside.Directory("there", { host, path: "/srv/there", mode: "750" });
    new quayside.Directory("made", { host, path: "/srv/a/b/c", owner: "nobody", group: "nogroup" });
    new quayside.Directory("wiped", { host, path: "/srv/wiped", deleteContents: true });
  `);
  expect((await project.up()).steps).toHaveLength(3);
  expect(await host.sh("stat -c '%Z' /srv/there")).toBe(before);
  expect(await facts("/srv/a/b /srv/a/b/c")).toBe("755 root root\n755 nobody nogroup\n");
  expect((await project.up()).steps).toEqual([]);

  await host.sh("chmod 700 /srv/a/b/c; chown root /srv/a/b/c; rm -r /srv/wiped");
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([
    { op: expect.any(String), name: expect.any(String) },
    { op: expect.any(String), name: expect.any(String) },
  ]);
  expect(drift.steps).toContainEqual(
    expect.objectContaining({ op: "update", name: "made", diff: { mode: "update", owner: "update" } }),
  );
  expect(drift.steps).toContainEqual(expect.objectContaining({ op: "create", name: "wiped" }));
  await project.up({ refresh: true });
  expect(await facts("/srv/a/b/c /srv/wiped")).toBe("755 nobody nogroup\n755 root root\n");

  await host.sh("touch /srv/wiped/again");
  const destroyed = await project.destroy();
  expect(destroyed.diagnostics).toContainEqual(
    expect.objectContaining({ severity: "warning", message: expect.stringContaining("/srv/there is not empty") }),
  );
  expect(await host.sh("cat /srv/there/file; ls -d /srv/a/b/c /srv/wiped 2>/dev/null || echo gone")).toBe(
    "data\ngone\n",
  );
});

test("a file in its place, and a wish to wipe the system, are refused with a remedy", async () => {
  await host.sh("echo precious > /srv/taken");
  await project.program('new quayside.Directory("taken", { host, path: "/srv/taken" });');
  const taken = await project.up({ mayFail: true });
  expect(taken.code).not.toBe(0);
  expect(taken.output).toContain("/srv/taken is a file, not a directory");
  expect(await host.sh("cat /srv/taken")).toBe("precious\n");

  await project.program('new quayside.Directory("system", { host, path: "/etc/", deleteContents: true, mode: "9" });');
  const system = await project.preview({ mayFail: true });
  expect(system.output).toContain("never deleted with its contents");
});
