import { describe, expect, test } from "vitest";
import type { ComposeService } from "./compose-file.ts";
import { renderCompose } from "./compose-yaml.ts";
import type { ComposeProjectInputs } from "./inputs.ts";
import { planDeployment } from "./plan.ts";
import { parseSnapshot, type Snapshot } from "./snapshot.ts";
import { planTrial } from "./trial.ts";

const STAGED = "/opt/acme/app/.quayside/staged";
const app = {
  image: "acme/app:2",
  container_name: "app",
  healthcheck: { test: ["CMD", "true"] },
  networks: ["frontend"],
  volumes: ["./files/app.conf:/etc/app.conf:ro"],
};

type Service = Record<string, unknown>;

/** @param beside other services of the project */
function inputs(service: Service, more: Partial<ComposeProjectInputs> = {}, beside = {}): ComposeProjectInputs {
  return {
    host: { name: "core", address: "192.0.2.1" },
    project: "app",
    directory: "/opt/acme/app",
    compose: {
      services: { ...beside, app: service as unknown as ComposeService },
      networks: { frontend: { external: true } },
    },
    files: {},
    folders: {},
    env: {},
    triggers: [],
    services: { app: { state: "running" } },
    ...more,
  };
}

/** The project as it runs with another image. */
function running(service: Service, state = "running", beside = {}): Snapshot {
  const { compose } = inputs({ ...service, image: "acme/app:1" }, {}, beside);
  return {
    ...parseSnapshot(""),
    record: { paths: [], settings: {}, images: {}, triggers: [] },
    compose: renderCompose(compose),
    containers: ["app", ...Object.keys(beside)].map((name) => ({
      id: name,
      name: `/${name}`,
      image: "sha256:1",
      labels: { "com.docker.compose.service": name },
      restarts: 0,
      state: { Status: name === "app" ? state : "running", ExitCode: 0, StartedAt: "" },
    })),
  };
}

const plan = (service: Service, snapshot = running(service), more: Partial<ComposeProjectInputs> = {}, beside = {}) => {
  const wanted = inputs(service, more, beside);
  return planTrial(wanted, snapshot, planDeployment(wanted, snapshot), STAGED);
};

const without = (property: keyof typeof app): Service =>
  Object.fromEntries(Object.entries(app).filter(([key]) => key !== property));

describe("a trial", () => {
  test("runs the new version without what it is known by", () => {
    const limits = { resources: { limits: { cpus: "1" } } };
    const known = { labels: { a: "b" }, ports: ["80:80"], restart: "always", hostname: "app", scale: 2 };
    expect(plan({ ...app, ...known, deploy: { replicas: 1, ...limits } })).toEqual({
      services: {
        "app-quayside-trial": {
          image: "acme/app:2",
          healthcheck: app.healthcheck,
          volumes: ["/opt/acme/app/files/app.conf:/etc/app.conf:ro"],
          networks: { frontend: {} },
          deploy: limits,
          restart: "no",
          oom_score_adj: 1000,
        },
      },
      networks: { frontend: { external: true, name: "frontend" } },
    });
  });

  test("uses the networks of the version that runs, where nobody finds it", () => {
    expect(plan(without("networks"))?.["networks"]).toEqual({ default: { external: true, name: "app_default" } });
    const networks = { frontend: { aliases: ["www"], priority: 5 } };
    expect(plan({ ...app, networks })?.services["app-quayside-trial"]).toMatchObject({
      networks: { frontend: { priority: 5 } },
    });
  });

  test("mounts declared files as they are staged, and others where they are", () => {
    const volumes = [
      "./files/app.conf:/etc/app.conf:ro",
      { type: "bind", source: "/opt/acme/app/files", target: "/files", read_only: true },
      "../shared:/shared:ro",
      { type: "tmpfs", target: "/tmp" },
    ];
    const files = { "files/app.conf": { content: "new", mode: "0644" } };
    const service = { ...app, volumes };
    expect(plan(service, running(service), { files })?.services["app-quayside-trial"]?.volumes).toEqual([
      `${STAGED}/files/app.conf:/etc/app.conf:ro`,
      { type: "bind", source: `${STAGED}/files`, target: "/files", read_only: true },
      "/opt/acme/shared:/shared:ro",
      { type: "tmpfs", target: "/tmp" },
    ]);
  });

  test.each([
    ["its variables change", { env: { TOKEN: "new" } }, { env_file: [".env"] }],
    ["a variable of its description changes", { env: { TOKEN: "new" } }, { environment: { TOKEN: "$TOKEN" } }],
    ["a file that it mounts changes", { files: { "files/app.conf": { content: "new", mode: "0644" } } }, {}],
    ["a trigger changes", { triggers: ["2"] }, {}],
  ])("is made when %s", (_, more, properties) => {
    const service = { ...app, image: "acme/app:1", ...properties };
    const before = { ...running(service), env: "TOKEN=old" };
    expect(plan(service, before, more)).toBeDefined();
    expect(plan(service, before)).toBeUndefined();
  });

  test("is made when a tag has come to mean another image", () => {
    const service = { ...app, image: "acme/app:1" };
    expect(plan(service, { ...running(service), references: { "acme/app:1": "sha256:2" } })).toBeDefined();
    expect(plan(service, { ...running(service), references: { "acme/app:1": "sha256:1" } })).toBeUndefined();
  });
});

describe("nothing is tried", () => {
  test.each([
    ["that has no health check", { healthcheck: undefined }],
    ["whose health check is off", { healthcheck: { disable: true } }],
    ["whose health check is none", { healthcheck: { test: ["NONE"] } }],
    ["that writes to a folder of the host", { volumes: ["/opt/acme/data/app:/data"] }],
    ["that reads a volume", { volumes: ["data:/data:ro"] }],
    ["that has a volume without a name", { volumes: ["/data"] }],
    ["that writes to a volume", { volumes: [{ type: "volume", source: "data", target: "/data" }] }],
    ["that talks to Docker", { volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"] }],
    ["on the host's network", { network_mode: "host", networks: undefined }],
    ["on a network that is not there yet", { networks: ["frontend", "new"] }],
    ["that has an address of its own", { networks: { frontend: { ipv4_address: "172.20.1.9" } } }],
    ["with power over its host", { cap_add: ["NET_ADMIN"] }],
    ["with a device", { devices: ["/dev/net/tun"] }],
    ["with a property that is not known to be harmless", { anything: 1 }],
  ])("of a service %s", (_, more) => {
    const service = Object.fromEntries(Object.entries({ ...app, ...more }).filter(([, value]) => value !== undefined));
    expect(plan(app)).toBeDefined();
    expect(plan(service, running({ ...service, networks: ["frontend"] }))).toBeUndefined();
  });

  test("where nothing serves that could be spared", () => {
    expect(plan(app, running(app, "exited"))).toBeUndefined();
    expect(plan(app, { ...running(app), compose: undefined })).toBeUndefined();
    expect(plan(app, { ...running(app), containers: [] })).toBeUndefined();
    const pending = { recreate: [], reload: [], onFailure: "restore" as const };
    expect(
      plan(app, { ...running(app), record: { paths: [], settings: {}, images: {}, triggers: [], pending } }),
    ).toBeUndefined();
  });

  test("where the declaration says so, or a trial would prove nothing", () => {
    expect(plan(app, running(app), { trial: false })).toBeUndefined();
    const changed = { ...app, image: "acme/app:1", labels: { a: "b" }, container_name: "another" };
    expect(plan(changed, running(app))).toBeUndefined();
  });

  test("before what it waits for is as the new version has it", () => {
    const waits = { ...app, depends_on: { db: { condition: "service_healthy" } } };
    const db = { db: { image: "postgres:18.4" } };
    const before = running(waits, "running", db);
    expect(plan(waits, before, {}, db)).toBeDefined();
    expect(plan(waits, before, {}, { db: { image: "postgres:18.5" } })).toBeUndefined();
    expect(plan({ ...app, depends_on: ["migrate"] }, running(app), {}, { migrate: { image: "acme/app:2" } })).toBe(
      undefined,
    );
    const stopped = { ...before, containers: before.containers.filter(({ id }) => id === "app") };
    expect(plan(waits, stopped, {}, db)).toBeUndefined();
  });
});
