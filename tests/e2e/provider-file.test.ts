import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("files");
});
afterAll(() => host?.remove());
beforeEach(async () => {
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterEach(() => project.remove());

const motd = (content: string, more = "") =>
  `new quayside.File("motd", { host, path: "/etc/motd.test", content: ${JSON.stringify(content)}, ${more} });`;

test("a file is created, left alone, seen when it drifts, repaired, updated and deleted", async () => {
  await project.program(motd("one\n", 'mode: "640", owner: "nobody", group: "1"'));
  expect((await project.up()).steps).toMatchObject([{ op: "create", name: "motd" }]);
  expect(await host.sh("cat /etc/motd.test; stat -c '%a %U %g' /etc/motd.test")).toBe("one\n640 nobody 1\n");
  expect((await project.up()).steps).toEqual([]);

  await host.sh("echo two >/etc/motd.test; chmod 600 /etc/motd.test");
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([{ op: "update", diff: { content: "update", mode: "update" } }]);
  expect(await host.sh("cat /etc/motd.test")).toBe("two\n");

  await project.up({ refresh: true });
  expect(await host.sh("cat /etc/motd.test; stat -c %a /etc/motd.test")).toBe("one\n640\n");

  await host.sh("rm /etc/motd.test");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([{ op: "create" }]);
  await project.up({ refresh: true });
  await project.destroy();
  expect(await host.sh("ls /etc/motd.test* 2>/dev/null || echo gone")).toBe("gone\n");
});
