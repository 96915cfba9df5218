import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../../lab/api/testing.ts";
import { run } from "../../lab/command.ts";
import { type Listening, listen } from "./dns/listen.ts";
import { Project } from "./harness/project.ts";
import { hcloudPython } from "./hcloud-api/python.ts";

// The lab's cloud without machines: zones need none. The official plugin insists on tokens of 64 characters.
const TOKEN = "hetzner-dns-test".padEnd(64, "0");
let cloud: TestCloud;
let api: Listening;

beforeAll(async () => {
  cloud = testCloud({ token: TOKEN });
  api = await listen(cloud.app);
});
afterAll(() => api.close());

const values = async (name: string, type: string): Promise<string[] | undefined> => {
  const { status, body } = await cloud.call("GET", `/zones/example.org/rrsets/${name}/${type}`);
  return status === 404 ? undefined : body.rrset.records.map((record: { value: string }) => record.value).sort();
};

test("the official Python library", async () => {
  const script = join(import.meta.dirname, "dns/hetzner_library.py");
  await run(await hcloudPython(), [script, `${api.origin}/v1`], { input: TOKEN });
  expect((await cloud.call("GET", "/zones")).body.zones).toEqual([]);
});

describe("the official Pulumi plugin", () => {
  let project: Project;
  const program = (www: string[], more = "", token = TOKEN) =>
    project.program(`
      import { Provider } from "@pulumi/hcloud/provider.js";
      import { Zone } from "@pulumi/hcloud/zone.js";
      import { ZoneRecord } from "@pulumi/hcloud/zoneRecord.js";
      import { ZoneRrset } from "@pulumi/hcloud/zoneRrset.js";
      const token = pulumi.secret(${JSON.stringify(token)});
      const provider = new Provider("hetzner", { token, endpoint: "${api.origin}/v1", pollInterval: "50ms" });
      const zone = new Zone("zone", { name: "example.org", mode: "primary", labels: { stack: "e2e" } }, { provider });
      const set = (name, type, values, more = {}) => new ZoneRrset(name + "-" + type, {
        zone: zone.name, name, type, records: values.map((value) => ({ value })), ...more,
      }, { provider });
      set("www", "A", ${JSON.stringify(www)}, { ttl: 300 });
      set("@", "TXT", ['"v=spf1 -all"']);
      set("@", "CAA", ['0 issue "letsencrypt.org"']);
      set("@", "MX", ["10 mail.example.org.", "20 mail2.example.org."]);
      ${more}
    `);
  beforeEach(async () => {
    project = await Project.create();
  });
  afterEach(async () => {
    await cloud.call("DELETE", "/_lab/faults");
    await project.destroy();
    await project.remove();
  });

  test("creates, refreshes without difference, updates, sees and repairs drift, deletes", async () => {
    const record = `new ZoneRecord("one", { zone: zone.name, name: "one", type: "A", value: "203.0.113.9" }, { provider });`;
    await program(["203.0.113.10", "203.0.113.11"], record);
    const first = await project.up();
    expect(first.steps.map(({ op }) => op)).toEqual(Array(6).fill("create"));
    expect(await values("www", "A")).toEqual(["203.0.113.10", "203.0.113.11"]);
    expect(await values("one", "A")).toEqual(["203.0.113.9"]);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);

    await program(["203.0.113.10", "203.0.113.12"]);
    const second = await project.up();
    expect(second.steps.map(({ op, name }) => `${op} ${name}`).sort()).toEqual(["delete one", "update www-A"]);
    expect(await values("www", "A")).toEqual(["203.0.113.10", "203.0.113.12"]);

    await cloud.done("DELETE", "/zones/example.org/rrsets/@/TXT");
    await cloud.done("POST", "/zones/example.org/rrsets/www/A/actions/set_records", {
      records: [{ value: "192.0.2.1" }],
    });
    const drift = await project.preview({ refresh: true });
    expect(drift.steps.map(({ op, name }) => `${op} ${name}`).sort()).toEqual(["create @-TXT", "update www-A"]);
    await project.up({ refresh: true });
    expect(await values("@", "TXT")).toEqual(['"v=spf1 -all"']);
    expect(await values("www", "A")).toEqual(["203.0.113.10", "203.0.113.12"]);
    expect(await project.state()).not.toContain(TOKEN);

    await project.destroy();
    expect((await cloud.call("GET", "/zones")).body.zones).toEqual([]);
  });

  test("429, 502, 504 and slow answers are waited out", async () => {
    await program(["203.0.113.10"]);
    for (const status of [429, 502, 504]) {
      await cloud.call("POST", "/_lab/faults", { kind: "http", status, request: "^POST /v1/zones" });
    }
    await cloud.call("POST", "/_lab/faults", { kind: "slow", delayMs: 1500, request: "^GET /v1/zones" });
    const run = await project.up();
    expect(run.steps.map(({ op }) => op)).toEqual(Array(5).fill("create"));
    expect((await cloud.call("GET", "/_lab/faults")).body.faults).toEqual([]);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);
  });

  test("a refused token and a broken API are one clear error, without the token", async () => {
    const wrong = "wrong-token".padEnd(64, "0");
    await program(["203.0.113.10"], "", wrong);
    const refused = await project.up({ mayFail: true });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("unable to authenticate");
    expect(refused.output).not.toContain(wrong);

    await program(["203.0.113.10"]);
    await cloud.call("POST", "/_lab/faults", { kind: "http", status: 503, request: "rrsets$", times: 100 });
    const broken = await project.up({ mayFail: true });
    expect(broken.code).not.toBe(0);
    expect(broken.output).toContain("server_error");
    await cloud.call("DELETE", "/_lab/faults");
    await project.up();
    expect(await values("www", "A")).toEqual(["203.0.113.10"]);
  });

  test("a set that was made half-way is not made twice: the next run says which", async () => {
    await program(["203.0.113.10"]);
    await cloud.call("POST", "/_lab/faults", { kind: "action", command: "create_rrset" });
    const broken = await project.up({ mayFail: true });
    expect(broken.code).not.toBe(0);
    expect(broken.output).toContain("injected failure");
    const again = await project.up({ mayFail: true });
    expect(again.output).toMatch(/RRSet \S+ already exists/);
    expect(await values("@", "MX")).toEqual(["10 mail.example.org.", "20 mail2.example.org."]);
  });
});
