import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../lab/command.ts";
import { createOvh, type Ovh } from "../../lab/ovh/app.ts";
import { type Listening, listen } from "./dns/listen.ts";
import { ovhPython } from "./dns/python.ts";
import { Project } from "./harness/project.ts";

const keys = {
  applicationKey: "0123456789abcdef",
  applicationSecret: "secret-of-the-app",
  consumerKey: "consumer-key",
};
let ovh: Ovh;
let api: Listening;
let endpoint: string;

beforeAll(async () => {
  ovh = createOvh(keys, ["example.org"]);
  api = await listen(ovh.app);
  endpoint = `${api.origin}/1.0`;
});
afterAll(() => api.close());

test("OVH's official Python library", async () => {
  const library = createOvh(keys, ["library.example"]);
  const listening = await listen(library.app);
  try {
    const script = join(import.meta.dirname, "dns/ovh_library.py");
    const input = [keys.applicationKey, keys.applicationSecret, keys.consumerKey].join("\n");
    await run(await ovhPython(), [script, `${listening.origin}/1.0`], { input });
  } finally {
    await listening.close();
  }
});

describe("quayside.OvhDnsRecords", () => {
  let project: Project;
  const program = (records: Record<string, { ttl?: number; values: string[] }>, secret = keys.applicationSecret) =>
    project.program(`
      new quayside.OvhDnsRecords("records", {
        zone: "example.org",
        endpoint: ${JSON.stringify(endpoint)},
        applicationKey: ${JSON.stringify(keys.applicationKey)},
        applicationSecret: ${JSON.stringify(secret)},
        consumerKey: ${JSON.stringify(keys.consumerKey)},
        records: ${JSON.stringify(records)},
      });
    `);
  const zone = () => ovh.zones.get("example.org") ?? [];
  const published = () =>
    (ovh.published.get("example.org") ?? []).map((it) => `${it.subDomain || "@"} ${it.fieldType} ${it.target}`).sort();
  const platform = {
    "www A": { ttl: 300, values: ["203.0.113.10"] },
    "www AAAA": { values: ["2001:DB8::10"] },
    "@ TXT": { values: ["v=spf1 -all"] },
    "@ MX": { values: ["10 mail.example.org."] },
  };
  beforeEach(async () => {
    project = await Project.create();
  });
  afterEach(async () => {
    ovh.faults.clear();
    await project.destroy();
    await project.remove();
  });

  test("creates, has nothing to do, shows each record that differs, sees and repairs drift, deletes", async () => {
    const foreign = { zone: "example.org", id: 1, fieldType: "NS", subDomain: "", target: "ns10.ovh.net.", ttl: 0 };
    zone().push(foreign);
    await program(platform);
    expect((await project.up()).steps.map(({ op }) => op)).toEqual(["create"]);
    expect(published()).toEqual([
      "@ MX 10 mail.example.org.",
      "@ NS ns10.ovh.net.",
      '@ TXT "v=spf1 -all"',
      "www A 203.0.113.10",
      "www AAAA 2001:db8::10",
    ]);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);

    const { "@ MX": _, ...kept } = platform;
    await program({ ...kept, "www A": { ttl: 300, values: ["203.0.113.11"] }, "blog CNAME": { values: ["www"] } });
    const [step] = (await project.preview()).steps;
    expect(step).toMatchObject({
      op: "update",
      diff: { 'records["@ MX"]': "delete", 'records["www A"].values[0]': "update", 'records["blog CNAME"]': "add" },
    });
    await project.up();
    expect(published()).toEqual([
      "@ NS ns10.ovh.net.",
      '@ TXT "v=spf1 -all"',
      "blog CNAME www.example.org.",
      "www A 203.0.113.11",
      "www AAAA 2001:db8::10",
    ]);

    const www = zone().find(({ fieldType }) => fieldType === "A");
    if (www) www.target = "192.0.2.66";
    ovh.zones.set(
      "example.org",
      zone().filter(({ fieldType }) => fieldType !== "TXT"),
    );
    const drift = await project.preview({ refresh: true });
    expect(Object.keys(drift.steps[0]?.diff ?? {}).sort()).toEqual(['records["@ TXT"]', 'records["www A"].values[0]']);
    await project.up({ refresh: true });
    expect(published()).toContain("www A 203.0.113.11");
    expect(published()).toContain('@ TXT "v=spf1 -all"');

    const state = await project.state();
    for (const secret of [keys.applicationSecret, keys.consumerKey]) expect(state).not.toContain(secret);
    await project.destroy();
    expect(published()).toEqual(["@ NS ns10.ovh.net."]);
    ovh.zones.set("example.org", []);
  });

  test("rotated credentials are no difference and reach the state", async () => {
    await program(platform);
    await project.up();
    const rotated = createOvh({ ...keys, applicationSecret: "another-secret" }, []);
    rotated.zones.set("example.org", zone());
    await api.close();
    const port = Number(new URL(api.origin).port);
    api = await listen(rotated.app, port);
    try {
      await program(platform, "another-secret");
      const stale = await project.up({ refresh: true, mayFail: true });
      expect(stale.output).toContain("run `up` once without a refresh");
      expect((await project.up()).steps).toEqual([]);
      expect((await project.preview({ refresh: true })).steps).toEqual([]);
      await project.destroy();
      expect(rotated.zones.get("example.org")).toEqual([]);
    } finally {
      await api.close();
      api = await listen(ovh.app, port);
      ovh.zones.set("example.org", []);
    }
  });

  test("refused credentials are one clear error; a rate limit and a lost answer end well", async () => {
    await program(platform, "wrong-secret-value");
    const refused = await project.up({ mayFail: true });
    expect(refused.output).toContain("OVH refuses the credentials (403 INVALID_SIGNATURE");
    expect(refused.output).not.toContain("wrong-secret-value");

    await program(platform);
    ovh.faults.add({ kind: "http", status: 429, request: "GET", times: 2 });
    ovh.faults.add({ kind: "http", status: 500, code: "done", request: "POST .*record$" });
    await project.up();
    expect(published()).toHaveLength(4);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);
  });
});
