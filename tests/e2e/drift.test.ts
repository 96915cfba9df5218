import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDrift } from "../../cli/drift/drift.ts";
import { exitCode, renderDrift } from "../../cli/drift/render.ts";
import { startGitHub } from "../../lab/github/server.ts";
import { startS3, stopS3 } from "../../lab/s3/versitygw.ts";
import { ensureGitHubPlugin } from "../../toolchain/github-plugin.ts";
import { startEmulatedCloud } from "./harness/emulated-cloud.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("drift");
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

const program = (more = "") => `
class Service extends pulumi.ComponentResource {
  constructor(name) {
    super("quayside:services:Service", name);
  }
}
const parent = new Service("web");
new quayside.File("changed", { host, path: "/etc/drift-changed", content: "as deployed\\n" }, { parent });
new quayside.File("gone", { host, path: "/etc/drift-gone", content: "as deployed\\n" });
new quayside.File("kept", { host, path: "/etc/drift-kept", content: "as deployed\\n" });
new quayside.File("hidden", { host, path: "/etc/drift-hidden", content: pulumi.secret("s3cr3t\\n") });
new quayside.SystemdUnit("timer", { host, unit: "apt-daily.timer" });
${more}`;

async function look(mayFail = false) {
  const { output } = await project.preview({ refresh: true, args: ["--json", "--show-sames"], mayFail });
  return readDrift(output);
}

test("what was changed by hand is told apart from what is only not deployed yet", async () => {
  await project.program(program());
  await project.up();
  const quiet = await look();
  expect(quiet).toMatchObject({ drifted: [], pending: [], looked: { hosts: 5 } });
  expect(exitCode(quiet)).toBe(0);

  await host.sh(
    "echo by hand >/etc/drift-changed; rm /etc/drift-gone; echo other >/etc/drift-hidden; systemctl stop apt-daily.timer",
  );
  await project.program(
    program('new quayside.File("new", { host, path: "/etc/drift-new", content: "" });').replace(
      '"/etc/drift-kept", content: "as deployed',
      '"/etc/drift-kept", content: "as wanted',
    ),
  );
  const drift = await look();
  const by = Object.fromEntries(drift.drifted.map((resource) => [resource.name, resource]));
  expect(Object.keys(by).sort()).toEqual(["changed", "gone", "hidden", "timer"]);
  expect(by["changed"]).toMatchObject({
    ...{ host: "drift", subject: "web", area: "hosts", state: "changed" },
    differences: [{ path: "content", from: "as deployed\n", to: "by hand\n" }],
  });
  expect(by["gone"]).toMatchObject({ state: "missing", subject: "gone" });
  expect(by["timer"]?.differences).toMatchObject([{ path: "running", from: true, to: false }]);
  expect(JSON.stringify(drift)).not.toMatch(/s3cr3t|other/);
  expect(drift.pending).toEqual(["kept", "new"]);
  expect(exitCode(drift)).toBe(2);
  expect(renderDrift("prod", drift)).toContain('content: deployed "as deployed\\n", found "by hand\\n"');
});

test("one report covers hosts, containers, the cloud, names, buckets and repositories", async () => {
  await ensureGitHubPlugin();
  const folder = await mkdtemp(join(tmpdir(), "quayside-drift-"));
  const cloud = await startEmulatedCloud();
  const store = await startS3(folder);
  const github = await startGitHub({
    ...{ organization: "acme", users: [{ id: 11, login: "alice" }], teams: [] },
    tokens: { ghp_adminadminadminadminadminadminadmin0: { login: "alice" } },
  });
  const everywhere = await Project.create({ host: host.connection, keyFile: host.keyFile, env: cloud.env });
  try {
    const { endpoint, region, accessKeyId, secretAccessKey } = store;
    const bucket = { bucket: "drift", versioning: true, endpoint, region, accessKeyId, secretAccessKey };
    await everywhere.program(`
      import { Network } from "@pulumi/hcloud/network.js";
      import { Zone } from "@pulumi/hcloud/zone.js";
      import { ZoneRrset } from "@pulumi/hcloud/zoneRrset.js";
      import { Provider } from "@pulumi/github/provider.js";
      import { Repository } from "@pulumi/github/repository.js";
      new quayside.File("motd", { host, path: "/etc/drift-motd", content: "as deployed\\n" });
      new quayside.DockerNetwork("backend", { host, name: "drift-backend", subnet: "172.30.77.0/24" });
      new Network("net", { name: "drift", ipRange: "10.77.0.0/16", labels: { stack: "drift" } });
      const zone = new Zone("zone", { name: "example.org", mode: "primary" });
      new ZoneRrset("www", { zone: zone.name, name: "www", type: "A", ttl: 300, records: [{ value: "203.0.113.10" }] });
      new quayside.Bucket("files", ${JSON.stringify(bucket)});
      const provider = new Provider("github", { owner: "acme", token: "ghp_adminadminadminadminadminadminadmin0",
        baseUrl: ${JSON.stringify(github.url)}, writeDelayMs: 1 });
      new Repository("platform", { name: "platform", description: "as deployed", visibility: "private" }, { provider });
    `);
    await everywhere.up();
    const args = ["--json", "--show-sames"];
    const quiet = readDrift((await everywhere.preview({ refresh: true, args })).output);
    expect(quiet).toMatchObject({ drifted: [], pending: [], problems: [] });
    expect(quiet.looked).toEqual({ hosts: 1, containers: 1, cloud: 1, names: 2, buckets: 1, repositories: 1 });

    await host.sh("echo by hand >/etc/drift-motd; docker network rm drift-backend");
    const api = (method: string, path: string, body: object) =>
      fetch(`${cloud.env.HCLOUD_ENDPOINT}/${path}`, {
        ...{ method, body: JSON.stringify(body) },
        headers: { Authorization: `Bearer ${cloud.env.HCLOUD_TOKEN}`, "Content-Type": "application/json" },
      });
    const [network] = cloud.thingsOf("drift").networks;
    await api("PUT", `networks/${network?.id}`, { labels: { stack: "by-hand" } });
    await api("POST", "zones/example.org/rrsets/www/A/actions/set_records", { records: [{ value: "198.51.100.9" }] });
    const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
    const suspended = { Bucket: "drift", VersioningConfiguration: { Status: "Suspended" } } as const;
    await s3.send(new PutBucketVersioningCommand(suspended));
    const repository = github.state.repository("acme", "platform");
    if (repository) repository.settings["description"] = "by hand";

    const { output } = await everywhere.preview({ refresh: true, args });
    const drift = readDrift(output);
    expect(Object.fromEntries(drift.drifted.map(({ name, area, state }) => [name, `${area}, ${state}`]))).toEqual({
      ...{ motd: "hosts, changed", backend: "containers, missing", net: "cloud, changed", www: "names, changed" },
      ...{ files: "buckets, changed", platform: "repositories, changed" },
    });
    expect(exitCode(drift)).toBe(2);
    expect(renderDrift("prod", drift)).toContain('description: deployed "as deployed", found "by hand"');

    await everywhere.up({ refresh: true });
    expect(readDrift((await everywhere.preview({ refresh: true, args })).output).drifted).toEqual([]);
  } finally {
    await everywhere.destroy({ mayFail: true });
    await everywhere.remove();
    await Promise.all([github.close(), cloud.stop(), stopS3(folder)]);
    await rm(folder, { recursive: true, force: true });
  }
});

test("a host that does not answer is an error, not a host without drift", async () => {
  await project.program(program());
  await host.sh("iptables -I INPUT -p tcp --dport 22 -j REJECT --reject-with tcp-reset");
  const drift = await look(true);
  expect(exitCode(drift)).toBe(1);
  expect(renderDrift("prod", drift)).toMatch(/^drift \(root@.*cannot connect/m);
});
