import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("file-sets");
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});
beforeEach(async () => {
  await project?.remove();
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});

const set = (files: Record<string, object>, more = "") =>
  `new quayside.Files("set", { host, files: ${JSON.stringify(files)}, ${more} });`;

test("a set has a difference per file, and forgets nothing that is taken out", async () => {
  await host.sh("mkdir -p /srv/set; echo adopted >/srv/set/adopted");
  const before = await host.sh("stat -c '%i %Z' /srv/set/adopted");
  const files = {
    "/srv/set/adopted": { content: "adopted\n" },
    "/srv/set/a": { content: "a\n", mode: "600" },
    "/srv/set/it's $HOME `b`": { content: "no newline, 'quotes', $HOME, \\n and é" },
  };
  await project.program(set(files));
  await project.up();
  expect(await host.sh("stat -c '%i %Z' /srv/set/adopted")).toBe(before);
  expect(await host.sh('cat "/srv/set/it\'s \\$HOME \\`b\\`"')).toBe("no newline, 'quotes', $HOME, \\n and é");
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await host.sh("echo changed >/srv/set/a; rm /srv/set/adopted");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([
    { op: "update", diff: { 'files["/srv/set/a"].content': "update", 'files["/srv/set/adopted"]': "add" } },
  ]);
  await project.up({ refresh: true });
  expect(await host.sh("cat /srv/set/a /srv/set/adopted")).toBe("a\nadopted\n");

  const { "/srv/set/a": _, ...fewer } = files;
  await project.program(set(fewer));
  expect((await project.up()).steps).toMatchObject([{ op: "update", diff: { 'files["/srv/set/a"]': "delete" } }]);
  expect(await host.sh("ls /srv/set/a 2>/dev/null || echo gone")).toBe("gone\n");
  await project.destroy();
  expect(await host.sh("ls -A /srv/set")).toBe("");
});

test("a set that its command refuses leaves every file as it was", async () => {
  await host.sh("mkdir -p /srv/checked; echo 1 >/srv/checked/old");
  await project.program(
    set(
      { "/srv/checked/old": { content: "2\n" }, "/srv/checked/new": { content: "new\n" } },
      'validate: "echo the number is odd; [ $(($(cat /srv/checked/old) % 2)) = 1 ]"',
    ),
  );
  const refused = await project.up({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("the number is odd");
  expect(await host.sh("ls -A /srv/checked; cat /srv/checked/old")).toBe("old\n1\n");
});

test("what runs is reloaded, also when the run that wrote was cut off before", async () => {
  await host.sh(`printf '[Service]\\nExecStart=/bin/sleep inf\\nExecReload=/bin/sh -c "echo r >>/srv/reloads"\\n' \\
    >/etc/systemd/system/reloaded.service; systemctl daemon-reload; systemctl start reloaded`);
  const reload = 'reload: ["reloaded.service"]';
  await project.program(set({ "/srv/conf": { content: "1" } }, reload));
  await project.up();
  expect(await host.sh("cat /srv/reloads")).toBe("r\n");
  // As after a crash of the host between the writing and the reload.
  await host.sh("printf 2 >/srv/conf; touch /var/lib/quayside/reload/reloaded.service");
  await project.program(set({ "/srv/conf": { content: "2" } }, reload));
  await project.up();
  expect(await host.sh("cat /srv/reloads")).toBe("r\nr\n");

  const own = 'reload: { "reloaded.service": ["/srv/conf"] }';
  await project.program(set({ "/srv/conf": { content: "2" }, "/srv/other": { content: "1" } }, own));
  await project.up();
  expect(await host.sh("cat /srv/other /srv/reloads")).toBe("1r\nr\n");
  await project.program(set({ "/srv/conf": { content: "3" }, "/srv/other": { content: "1" } }, own));
  await project.up();
  expect(await host.sh("cat /srv/reloads")).toBe("r\nr\nr\n");
  await project.program(set({ "/srv/other": { content: "1" } }, own));
  expect((await project.preview({ mayFail: true })).output).toMatch(
    /reload\["reloaded\.service"\]\[0\].*no file of this set/s,
  );
});

test("sixty files are one resource with sixty differences", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`/srv/many/${i % 7}/file-${i}`, { content: `file ${i}\n`.repeat(20) }]),
  );
  await project.program(set(files));
  await project.up();
  expect(await host.sh("cat $(find /srv/many -type f) | wc -l")).toBe("1200\n");
  await host.sh("for f in $(find /srv/many -type f); do echo x >>$f; done");
  const drift = await project.preview({ refresh: true });
  expect(Object.keys(drift.steps[0]?.diff ?? {})).toHaveLength(60);
});
