import { expect, test } from "vitest";
import { renderCompose } from "./compose-yaml.ts";
import { formatEnv } from "./env-file.ts";
import type { ComposeProjectInputs } from "./inputs.ts";
import { isEnvOurs, planDeployment } from "./plan.ts";
import type { DeploymentRecord } from "./record.ts";
import type { Container, Snapshot } from "./snapshot.ts";

const compose = {
  services: {
    web: { image: "app:1", volumes: ["./a.conf:/a.conf"] },
    edge: { image: "app:1", volumes: ["./a.conf:/a.conf"] },
  },
};
const inputs: ComposeProjectInputs = {
  host: { name: "core", address: "203.0.113.10" },
  project: "web",
  directory: "/opt/acme/web",
  compose,
  files: { "a.conf": { content: "one", mode: "0644" } },
  folders: {},
  env: { TOKEN: "t" },
  triggers: [],
  reload: { edge: { signal: "SIGHUP" } },
  services: { web: { state: "running" }, edge: { state: "running" } },
};

const container = (service: string, more: Partial<Container["state"]> = {}): Container => ({
  id: service,
  name: `/web-${service}-1`,
  image: "sha256:1",
  labels: { "com.docker.compose.service": service },
  restarts: 0,
  state: { Status: "running", ExitCode: 0, StartedAt: "2026-01-01T00:00:00Z", ...more },
});
const record: DeploymentRecord = { paths: ["compose.yaml", ".env", "a.conf"], settings: {}, images: {}, triggers: [] };
const asWanted: Snapshot = {
  now: 0,
  record,
  compose: renderCompose(compose),
  env: formatEnv({ TOKEN: "t" }),
  files: inputs.files,
  folders: new Map(),
  containers: [container("web"), container("edge")],
  references: { "app:1": "sha256:1" },
  digests: {},
};

test("nothing is to be done where everything is as declared", () => {
  expect(planDeployment(inputs, asWanted)).toMatchObject({
    nothing: true,
    newVersion: false,
    recreate: [],
    reload: [],
  });
});

test("a compose file that means the same is left as it is written", () => {
  const byHand = `# mine\n${JSON.stringify(compose)}`;
  const plan = planDeployment(inputs, { ...asWanted, compose: byHand });
  expect(plan).toMatchObject({ nothing: true, files: [{ path: "compose.yaml", content: byHand }, {}, {}] });
});

test("a changed file is a new version: who mounts it is made anew, or reloads and sees the same file", () => {
  const plan = planDeployment(inputs, { ...asWanted, files: { "a.conf": { content: "old", mode: "0644" } } });
  expect(plan).toMatchObject({ nothing: false, newVersion: true, recreate: ["web"], reload: ["edge"] });
  expect(plan.files.at(-1)).toEqual({ path: "a.conf", content: "one", mode: "0644", inPlace: true });
});

test("what an earlier version wrote and this one does not have goes", () => {
  const { files: _, ...rest } = inputs;
  expect(planDeployment({ ...rest, files: {} }, asWanted)).toMatchObject({ newVersion: true, stale: ["a.conf"] });
});

test("variables that are not declared any more go with their file; a file made by hand stays", () => {
  const without = { ...inputs, env: {} };
  expect(planDeployment(without, asWanted)).toMatchObject({ nothing: false, newVersion: true, stale: [".env"] });
  expect(isEnvOurs(without, asWanted)).toBe(true);
  const byHand = { ...asWanted, record: { ...record, paths: ["compose.yaml", "a.conf"] } };
  expect(planDeployment(without, byHand)).toMatchObject({ nothing: true, stale: [] });
  expect(planDeployment(without, byHand).files.map(({ path }) => path)).not.toContain(".env");
  expect(isEnvOurs(without, byHand)).toBe(false);
  expect(isEnvOurs(inputs, byHand)).toBe(true);
});

test("a stopped container is started again without a new version; a stuck one is made anew", () => {
  const stopped = { ...asWanted, containers: [container("web", { Status: "exited", ExitCode: 1 }), container("edge")] };
  expect(planDeployment(inputs, stopped)).toMatchObject({ nothing: false, newVersion: false, recreate: [] });
  const unhealthy = [container("web", { Health: { Status: "unhealthy", Log: [] } }), container("edge")];
  expect(planDeployment(inputs, { ...asWanted, containers: unhealthy })).toMatchObject({ recreate: ["web"] });
});

test("a trigger recreates everything, but not when a project made by hand is taken over", () => {
  const triggered = { ...inputs, triggers: ["2"] };
  expect(planDeployment(triggered, asWanted)).toMatchObject({ nothing: false, recreate: ["web", "edge"] });
  expect(planDeployment(triggered, { ...asWanted, record: undefined })).toMatchObject({ recreate: [] });
});

test("an interrupted deployment is finished, whatever the files say", () => {
  const pending = { recreate: ["web"], reload: ["edge"], onFailure: "restore" as const };
  const plan = planDeployment(inputs, { ...asWanted, record: { ...record, pending } });
  expect(plan).toMatchObject({ nothing: false, newVersion: false, recreate: ["web"], reload: ["edge"] });
});
