import { describe, expect, test } from "vitest";
import {
  type Container,
  hasMovedImage,
  imagesInUse,
  parseSnapshot,
  runningDigests,
  type Snapshot,
  serviceStates,
} from "./snapshot.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const container = (state: Partial<Container["state"]>, more: Partial<Container> = {}): Container => ({
  id: "c1",
  name: "/p-web-1",
  image: "sha256:1111111111111111",
  labels: { "com.docker.compose.service": "web", "com.docker.compose.config-hash": "h1" },
  restarts: 0,
  state: { Status: "running", ExitCode: 0, StartedAt: "2026-01-01T00:00:00Z", ...state },
  ...more,
});
const compose = { services: { web: { image: "app:1" } } };
const seen = (more: Partial<Snapshot>): Snapshot => ({
  ...{ now: 0, files: {}, folders: new Map(), containers: [], references: {}, digests: {} },
  ...more,
});
const state = (containers: Container[], more: Partial<Snapshot> = {}) =>
  serviceStates(seen({ containers, ...more }), compose).web?.state;

test("reads what a host prints", () => {
  const printed = [
    "now 1700000000.5",
    `compose ${base64("services: {}")}`,
    `file ${base64("a b")} 644 ${base64("text\n")}`,
    "folder 41c0 daemon root 1 0 4096 /opt/acme/my data",
    `reference ${base64("app:1")} sha256:1`,
    `reference ${base64("gone:1")} `,
    `container ${JSON.stringify(container({}))}`,
    'image sha256:1 ["app@sha256:d"]',
    "image sha256:2 null",
  ].join("\n");
  expect(parseSnapshot(printed)).toEqual({
    now: 1_700_000_000_500,
    compose: "services: {}",
    files: { "a b": { mode: "0644", content: "text\n" } },
    folders: new Map([
      [
        "/opt/acme/my data",
        { kind: "directory", mode: "0700", owner: "daemon", group: "root", uid: "1", gid: "0", size: 4096 },
      ],
    ]),
    references: { "app:1": "sha256:1" },
    containers: [container({})],
    digests: { "sha256:1": ["app@sha256:d"], "sha256:2": [] },
  });
});

describe("a service's state", () => {
  test.each([
    ["running", {}],
    ["running", { Health: { Status: "healthy", Log: [] } }],
    ["starting", { Health: { Status: "starting", Log: [] } }],
    ["unhealthy", { Health: { Status: "unhealthy", Log: [] } }],
    ["paused", { Status: "paused" }],
    ["exited (1)", { Status: "exited", ExitCode: 1 }],
    ["exited (0)", { Status: "exited" }],
    ["exited (137, out of memory)", { Status: "exited", ExitCode: 137, OOMKilled: true }],
  ])("is %s for a container that is %j", (word, docker) => {
    expect(state([container(docker)])).toBe(word);
  });

  test("says when it is not what was declared although it runs", () => {
    const record = { paths: [], settings: { web: "h2" }, images: {}, triggers: [] };
    expect(state([])).toBe("missing");
    expect(state([container({}), container({})])).toBe("2 of 1 running");
    expect(state([container({})], { references: { "app:1": "sha256:2" } })).toBe(
      "running, another image (sha256:111111111111)",
    );
    expect(state([container({})], { record })).toBe("running, other settings");
    const pending = { recreate: [], reload: [], onFailure: "leave" as const };
    expect(state([container({})], { record: { ...record, pending } })).toBe("running, deployment interrupted");
  });

  test("is completed for one that runs once, and listed for one that nobody declared", () => {
    const once = {
      services: {
        web: { image: "app:1" },
        main: { image: "app:1", depends_on: { web: { condition: "service_completed_successfully" } } },
      },
    };
    const stray = container({}, { labels: { "com.docker.compose.service": "stray" } });
    expect(serviceStates(seen({ containers: [container({ Status: "exited" }), stray] }), once)).toEqual({
      web: { state: "completed" },
      main: { state: "missing" },
      stray: { state: "running" },
    });
  });
});

test("the digest that runs is the registry's for the image's own name, else the image's id", () => {
  const images = { services: { web: { image: "registry.example.org:5000/app:1" } } };
  const containers = [container({})];
  const digests = { "sha256:1111111111111111": ["app@sha256:a", "registry.example.org:5000/app@sha256:b"] };
  expect(runningDigests(seen({ containers, digests }), images)).toEqual({ web: "sha256:b" });
  expect(runningDigests(seen({ containers }), images)).toEqual({ web: "sha256:1111111111111111" });
});

test("an image that its name does not mean any more has moved, and what runs of it is remembered", () => {
  const running = seen({ compose: "services: { web: { image: app:1 } }", containers: [container({})] });
  expect(imagesInUse(running)).toEqual({ "app:1": "sha256:1111111111111111" });
  expect(imagesInUse(seen({ containers: [container({})] }))).toEqual({});
  expect(hasMovedImage({ ...running, references: { "app:1": "sha256:1111111111111111" } }, compose)).toBe(false);
  expect(hasMovedImage({ ...running, references: { "app:1": "sha256:2" } }, compose)).toBe(true);
  expect(hasMovedImage({ ...running, containers: [], references: { "app:1": "sha256:2" } }, compose)).toBe(false);
});
