import { createHash } from "node:crypto";
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

test("assets arrive byte for byte, wherever the program runs from, also when they are large", async () => {
  const bytes = Buffer.from(Array.from({ length: 8 * 1024 * 1024 }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
  await project.file("large.bin", bytes);
  await project.program(
    'new quayside.File("large", { host, path: "/srv/a/large", content: new pulumi.asset.FileAsset("large.bin") });',
  );
  await project.up();
  const sum = createHash("sha256").update(bytes).digest("hex");
  expect(await host.sh("sha256sum </srv/a/large; stat -c '%a' /srv/a")).toBe(`${sum}  -\n755\n`);
  expect((await project.up({ refresh: true })).steps).toEqual([]);

  await host.sh("printf x >>/srv/a/large");
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([{ op: "update", diff: { content: "update" } }]);
  expect(drift.output.length).toBeLessThan(20_000);
  await project.up({ refresh: true, from: "below" });
  expect(await host.sh("sha256sum </srv/a/large")).toBe(`${sum}  -\n`);
  await project.destroy();
});

test("what is there is adopted untouched; a link is replaced and not followed; a directory is refused", async () => {
  await host.sh("printf same >/srv/same; printf secret >/srv/target; ln -s /srv/target /srv/link; mkdir /srv/dir");
  const before = await host.sh("stat -c '%i %Z' /srv/same");
  const file = (name: string, content: string) =>
    `new quayside.File("${name}", { host, path: "/srv/${name}", content: ${JSON.stringify(content)} });`;
  await project.program(file("same", "same") + file("link", "own"));
  await project.up();
  expect(await host.sh("stat -c '%i %Z' /srv/same")).toBe(before);
  expect(await host.sh("cat /srv/link /srv/target; stat -c %F /srv/link")).toBe("ownsecretregular file\n");
  await project.program(file("dir", "x"));
  expect((await project.up({ mayFail: true })).output).toContain("/srv/dir is there, but not as a file");
});

test("a file that its command refuses is not put in place, and says why", async () => {
  const rule = (text: string) =>
    `new quayside.File("sudoers", { host, path: "/etc/sudoers.d/x", mode: "0440", content: ${JSON.stringify(text)}, validate: "visudo -cf {}" });`;
  await project.program(rule("nonsense here\n"));
  const refused = await project.up({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("syntax error");
  expect(await host.sh("ls -A /etc/sudoers.d | grep -c '^x' || :")).toBe("0\n");
  await project.program(rule("# fine\n"));
  await project.up();
  expect(await host.sh("stat -c %a /etc/sudoers.d/x")).toBe("440\n");
});
