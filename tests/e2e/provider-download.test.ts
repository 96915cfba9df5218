import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../lab/command.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

const A = "/usr/local/bin/release-a";
const B = "/usr/local/bin/release-b";

let host: TestHost;
let project: Project;
let server: Server;
let release: Buffer;

beforeAll(async () => {
  host = await makeHost("download");
  const script =
    'cd "$(mktemp -d)"; mkdir v1; echo one >v1/a; echo two >v1/b; tar -czf - v1 | base64 -w0; rm -rf "$PWD"';
  release = Buffer.from(await run("sh", ["-eu"], { input: script }), "base64");
  server = createServer((_, response) => response.end(release)).listen(0, "0.0.0.0");
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterAll(async () => {
  server?.close();
  await project?.remove();
  await host?.remove();
});

async function declare(files: Record<string, string>): Promise<void> {
  const gateway = (await host.sh("ip route show default | cut -d' ' -f3")).trim();
  const url = `http://${gateway}:${(server.address() as AddressInfo).port}/release.tar.gz`;
  const sha256 = createHash("sha256").update(release).digest("hex");
  await project.program(
    `new quayside.Download("release", { host, ...${JSON.stringify({ url, sha256, files })}, mode: "0755" });`,
  );
}

const notes = () => host.sh("ls /var/lib/quayside/downloads /usr/local/bin | grep -v '^$' || :");

test("a release that cannot be unpacked as declared leaves nothing behind", async () => {
  await declare({ [A]: "v1/a", [B]: "v1/missing" });
  const refused = await project.up({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("v1/missing");
  expect(await notes()).not.toMatch(/release|json|fetch/);
});

test("what was altered stays a difference however often it is looked at, and is put right", async () => {
  await declare({ [A]: "v1/a", [B]: "v1/b" });
  await project.up();
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  await host.sh(`echo altered >${A}`);
  await project.refresh();
  await project.refresh();
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([{ op: "update", diff: { [`files["${A}"]`]: "add" } }]);
  await project.up({ refresh: true });
  expect(await host.sh(`cat ${A} ${B}; stat -c %a ${A}`)).toBe("one\ntwo\n755\n");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("what was altered goes, too, when it is not declared any more", async () => {
  await host.sh(`echo altered >${A}`);
  await project.refresh();
  await project.destroy();
  expect(await notes()).not.toMatch(/release|json/);
});
