import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../../lab/api/testing.ts";
import { type Cloudflare, createCloudflare } from "../../lab/cloudflare/app.ts";
import { createOvh, type Ovh } from "../../lab/ovh/app.ts";
import { type Listening, listen } from "./dns/listen.ts";
import { PUBLISHED, type ZoneOptions, zoneProgram } from "./dns/zone-program.ts";
import { Project } from "./harness/project.ts";
import type { Run } from "./harness/run.ts";

const WWW: ZoneOptions = { open: ["www.example.org"] };
const steps = (run: Run) => run.steps.map(({ op, name }) => `${op} ${name}`).sort();

let project: Project;
beforeEach(async () => {
  project = await Project.create();
});
afterEach(async () => {
  await project.destroy();
  await project.remove();
});

/** A moved server, a new route and a removed one, then a hand's changes: the same at every hoster. */
async function live(hoster: {
  at: string;
  published: () => string[];
  /** Takes the text away and leads www elsewhere. */
  tamper: () => Promise<void>;
}): Promise<{ changed: Run; drift: Run }> {
  const { at, published, tamper } = hoster;
  await project.program(zoneProgram(at, WWW));
  await project.up();
  expect(published()).toEqual(PUBLISHED);
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await project.program(zoneProgram(at, { open: ["api.example.org"], core: "203.0.113.11" }));
  const changed = await project.up();
  const moved = PUBLISHED.map((line) => line.replace("203.0.113.10", "203.0.113.11").replace(/^www/, "api")).sort();
  expect(published()).toEqual(moved);

  await tamper();
  const drift = await project.preview({ refresh: true });
  await project.up({ refresh: true });
  expect(published()).toEqual(moved);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  return { changed, drift };
}

describe("at Hetzner, by the real plugin", () => {
  const TOKEN = "hetzner-zone-test".padEnd(64, "0");
  const DEPLOY_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";
  let cloud: TestCloud;
  let api: Listening;
  const at = () => `hetznerZone(new HetznerCloud("hetzner", {
    token: pulumi.secret("${TOKEN}"), endpoint: "${api.origin}/v1", deployKey: "${DEPLOY_KEY}", ephemeral: true,
  }))`;
  const published = () =>
    Object.values(cloud.cloud.state.zones)
      .flatMap(({ rrsets }) => rrsets)
      .filter(({ type }) => type !== "SOA" && type !== "NS")
      .flatMap(({ name, type, records }) => records.map(({ value }) => `${name} ${type} ${value}`))
      .sort();
  const rrset = (id: string) => `/zones/example.org/rrsets/${id}`;

  beforeAll(async () => {
    cloud = testCloud({ token: TOKEN });
    api = await listen(cloud.app);
  });
  afterEach(() => cloud.cloud.faults.clear());
  afterAll(() => api.close());

  test("the records of routes and servers are made, follow them, and are repaired", async () => {
    const tamper = async () => {
      await cloud.done("DELETE", rrset("@/TXT"));
      await cloud.done("POST", `${rrset("api/A")}/actions/set_records`, { records: [{ value: "192.0.2.66" }] });
    };
    const { changed, drift } = await live({ at: at(), published, tamper });
    const route = ["create dns-api-a", "create dns-api-aaaa", "delete dns-www-a", "delete dns-www-aaaa"];
    expect(steps(changed)).toEqual([...route, "update dns-@-a"].sort());
    expect(steps(drift)).toEqual(["create dns-@-txt", "update dns-api-a"]);
    await project.destroy();
    expect(cloud.cloud.state.zones).toEqual({});
  });
});

describe("at OVH", () => {
  const keys = { applicationKey: "0123456789abcdef", applicationSecret: "secret-of-app", consumerKey: "consumer-key" };
  let ovh: Ovh;
  let api: Listening;
  const at = (secret = keys.applicationSecret) =>
    `ovhZone(${JSON.stringify({ ...keys, applicationSecret: secret, endpoint: `${api.origin}/1.0` })})`;
  const published = () =>
    (ovh.published.get("example.org") ?? []).map((it) => `${it.subDomain || "@"} ${it.fieldType} ${it.target}`).sort();
  const records = () => ovh.zones.get("example.org") ?? [];

  beforeAll(async () => {
    ovh = createOvh(keys, ["example.org"]);
    api = await listen(ovh.app);
  });
  afterEach(() => ovh.faults.clear());
  afterAll(() => api.close());

  test("the records of routes and servers are made, follow them, and are repaired", async () => {
    const tamper = async () => {
      const api = records().find(({ subDomain, fieldType }) => subDomain === "api" && fieldType === "A");
      if (api) api.target = "192.0.2.66";
      ovh.zones.set(
        "example.org",
        records().filter(({ fieldType }) => fieldType !== "TXT"),
      );
    };
    const { changed, drift } = await live({ at: at(), published, tamper });
    expect(steps(changed)).toEqual(["update dns-edge", "update dns-records"]);
    expect(Object.fromEntries(drift.steps.map(({ name, diff }) => [name, Object.keys(diff)]))).toEqual({
      "dns-records": ['records["@ TXT"]'],
      "dns-edge": ['records["api A"].values[0]'],
    });
    expect(await project.state()).not.toContain(keys.applicationSecret);
    await project.destroy();
    expect(published()).toEqual([]);
  });

  test("429, a broken API and lost answers are waited out; three resources of one zone converge", async () => {
    await project.program(zoneProgram(at(), WWW));
    ovh.faults.add({ kind: "http", status: 429, request: "^GET", times: 2 });
    ovh.faults.add({ kind: "http", status: 503, request: "^GET", times: 2 });
    ovh.faults.add({ kind: "http", status: 500, code: "done", request: "^POST .*record$", times: 3 });
    await project.up();
    expect(ovh.faults.list()).toEqual([]);
    expect(published()).toEqual(PUBLISHED);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);
  });

  test("refused credentials are said by each of its resources, without them", async () => {
    await project.program(zoneProgram(at("wrong-secret-value"), WWW));
    const { code, output } = await project.up({ mayFail: true });
    expect(code).not.toBe(0);
    expect(output).toContain("OVH refuses the credentials (403 INVALID_SIGNATURE");
    expect(output).not.toContain("wrong-secret-value");
  });
});

describe("at Cloudflare, by the stand-in", () => {
  const TOKEN = "cloudflare-zone-test-token";
  let cloudflare: Cloudflare;
  let api: Listening;
  const at = (token = TOKEN) => `cloudflareZone({ apiToken: pulumi.secret("${token}"), ephemeral: true,
    accountId: "${cloudflare.state.account}", endpoint: "${api.origin}/client/v4" })`;
  const published = () =>
    cloudflare.state.records
      .map(({ name, type, content, priority }) => {
        const short = name === "example.org" ? "@" : name.replace(".example.org", "");
        const dotted = ["CNAME", "MX"].includes(type) ? `${content}.` : content;
        return `${short} ${type} ${type === "MX" ? `${priority} ` : ""}${dotted}`;
      })
      .sort();
  const record = (name: string, type: string) => {
    const found = cloudflare.state.records.find((it) => it.name === name && it.type === type);
    if (!found) throw new Error(`no ${type} of ${name}`);
    return found;
  };
  const worker = `new CloudflareWorker("location", {
    zone, hostname: "location.example.org", script: ipLocation, compatibilityDate: "2026-01-01",
  });`;

  beforeAll(async () => {
    cloudflare = createCloudflare(TOKEN);
    api = await listen(cloudflare.app);
  });
  afterEach(() => cloudflare.faults.clear());
  afterAll(() => api.close());

  test("the records of routes and servers are made, follow them, and are repaired", async () => {
    const tamper = async () => {
      record("api.example.org", "A").content = "192.0.2.66";
      const text = record("example.org", "TXT");
      cloudflare.state.records = cloudflare.state.records.filter((it) => it !== text);
    };
    const { drift } = await live({ at: at(), published, tamper });
    expect(drift.steps.map(({ op }) => op).sort()).toEqual(["create", "update"]);
    expect(await project.state()).not.toContain(TOKEN);
    await project.destroy();
    expect(cloudflare.state).toMatchObject({ zones: [], records: [] });
  });

  test("a Worker with its route answers under its own name, before which Cloudflare stands; it is changed in place", async () => {
    await project.program(zoneProgram(at(), { ...WWW, more: worker }));
    await project.up();
    expect(record("location.example.org", "AAAA")).toMatchObject({ content: "100::", proxied: true });
    expect(cloudflare.state.routes).toMatchObject([{ pattern: "location.example.org/*", script: "test-location" }]);
    const [script] = cloudflare.state.scripts;
    expect(script).toMatchObject({ id: "test-location", metadata: { compatibility_date: "2026-01-01" } });
    const text = Object.values(script?.modules ?? {})[0]?.text ?? "";
    const { default: handler } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    const asked = Object.assign(new Request("https://location.example.org/", { method: "POST" }), {
      cf: { latitude: "48.85", longitude: "2.35", country: "FR" },
    });
    expect(await (await handler.fetch(asked)).json()).toMatchObject({
      location: { lat: 48.85, lng: 2.35 },
      country: "FR",
    });
    expect((await project.preview({ refresh: true })).steps).toEqual([]);

    await project.program(zoneProgram(at(), { ...WWW, more: worker.replace("2026-01-01", "2026-06-01") }));
    expect(steps(await project.up())).toEqual(["update location-script"]);
    expect(cloudflare.state.scripts[0]?.metadata.compatibility_date).toBe("2026-06-01");
    await project.destroy();
    expect(cloudflare.state).toMatchObject({ zones: [], records: [], scripts: [], routes: [] });
  });

  test("429, a broken API and lost answers are waited out; nothing is there twice", async () => {
    await project.program(zoneProgram(at(), { ...WWW, more: worker }));
    cloudflare.faults.add({ kind: "http", status: 429, request: "^POST /zones" });
    cloudflare.faults.add({ kind: "http", status: 502, code: "done", request: "^POST /zones$" });
    cloudflare.faults.add({ kind: "http", status: 503, code: "done", request: "^POST .*dns_records$", times: 3 });
    cloudflare.faults.add({ kind: "http", status: 504, code: "done", request: "^POST .*routes$" });
    cloudflare.faults.add({ kind: "slow", delayMs: 1000, request: "^PUT .*scripts" });
    await project.up();
    expect(cloudflare.faults.list()).toEqual([]);
    expect(published().filter((line) => !line.startsWith("location"))).toEqual(PUBLISHED);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);
  });

  test("a refused token is one clear error without the token; what a failed run made is kept, and the next one ends it", async () => {
    await project.program(zoneProgram(at("some-wrong-token"), WWW));
    const refused = await project.up({ mayFail: true });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("Cloudflare refuses the API token (403 at POST /zones: Authentication error");
    expect(refused.output).not.toContain("some-wrong-token");

    await project.program(zoneProgram(at(), WWW));
    cloudflare.faults.add({ kind: "http", status: 503, request: "^POST .*dns_records$", times: 100 });
    const broken = await project.up({ mayFail: true });
    expect(broken.code).not.toBe(0);
    expect(broken.output).toContain("Cloudflare's API is broken for the moment");
    cloudflare.faults.clear();
    await project.up();
    expect(published()).toEqual(PUBLISHED);
  });
});
