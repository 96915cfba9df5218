import { expect, test } from "vitest";
import type { Session } from "../transport/session.ts";
import type { ComposeProjectInputs } from "./inputs.ts";
import { otherFile, refuseOthers } from "./others.ts";
import type { Container, Snapshot } from "./snapshot.ts";

const inputs: ComposeProjectInputs = {
  host: { name: "core", address: "203.0.113.10" },
  project: "n8n",
  directory: "/opt/n8n",
  compose: { services: { app: { image: "n8n:1" } } },
  files: {},
  folders: {},
  env: {},
  triggers: [],
  services: { app: { state: "running" } },
};
const container = (service: string, folder = "/opt/n8n", files = "/opt/n8n/docker-compose.yml"): Container => ({
  id: service,
  name: `/n8n-${service}-1`,
  image: "sha256:1",
  labels: {
    "com.docker.compose.service": service,
    "com.docker.compose.project.working_dir": folder,
    "com.docker.compose.project.config_files": files,
  },
  restarts: 0,
  state: { Status: "running", ExitCode: 0, StartedAt: "2026-01-01T00:00:00Z" },
});
const seen = (more: Partial<Snapshot>): Snapshot => ({
  ...{ now: 0, files: {}, folders: new Map(), containers: [], references: {}, digests: {} },
  ...more,
});
const record = { paths: [], settings: {}, images: {}, triggers: [] };

test("a project that runs from a compose file of another name is not taken for a first version", () => {
  const fault = otherFile(inputs, seen({ containers: [container("app"), container("db")] }));
  expect(fault).toContain("n8n-db-1 (running), started in /opt/n8n from /opt/n8n/docker-compose.yml");
  expect(fault).toContain("mv /opt/n8n/docker-compose.yml /opt/n8n/compose.yaml");
});

test("containers that neither the file nor the declaration has are not removed by taking the rest over", () => {
  const compose = "services: { app: { image: n8n:1 } }";
  const override = container("db", "/opt/n8n", "/opt/n8n/compose.yaml,/opt/n8n/compose.override.yaml");
  expect(otherFile(inputs, seen({ compose, containers: [container("app"), override] }))).toMatch(
    /n8n-db-1 \(running\).*\nAdd them/,
  );
  const both = "services: { app: { image: n8n:1 }, db: { image: postgres:18 } }";
  expect(otherFile(inputs, seen({ compose: both, containers: [container("app"), override] }))).toBeUndefined();
});

test("what this provider has started is its own, whatever became of its compose file", () => {
  expect(otherFile(inputs, seen({ record, containers: [container("app"), container("old")] }))).toBeUndefined();
  expect(otherFile(inputs, seen({}))).toBeUndefined();
});

test("a project of the same name in another folder is refused where its file is there, else it was moved", async () => {
  const scripts: string[] = [];
  const session = (output: string) =>
    ({
      read: async (_: string, script: string) => {
        scripts.push(script);
        return output;
      },
      fail: (message: string) => new Error(message),
    }) as unknown as Session;
  const elsewhere = [container("app", "/srv/n8n", "compose.yaml")];
  const snapshot = seen({ record, compose: "services: {}", containers: elsewhere });
  await expect(refuseOthers(session("0\n"), inputs, snapshot)).rejects.toThrow(
    /n8n-app-1 \(running\), started in \/srv\/n8n from \/srv\/n8n\/compose\.yaml\n.*another name \(project\)/,
  );
  expect(scripts).toEqual(["[ /srv/n8n -ef /opt/n8n ] || if [ -e /srv/n8n/compose.yaml ]; then echo 0; fi"]);
  await refuseOthers(session(""), inputs, snapshot);
  await refuseOthers(session("never asked"), inputs, seen({ record, containers: [container("app")] }));
  expect(scripts).toHaveLength(2);
});
