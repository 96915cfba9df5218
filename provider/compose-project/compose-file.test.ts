import { expect, test } from "vitest";
import { expectedServices, fileMounts, isComposeFile } from "./compose-file.ts";
import { parseCompose, renderCompose } from "./compose-yaml.ts";

test("a rendered compose file reads back the same, strings that look like numbers included", () => {
  const compose = {
    services: { web: { image: "app:1", environment: { VERSION: "1.10", OCTAL: "0755", YES: "yes" } } },
  };
  expect(parseCompose(renderCompose(compose))).toEqual(compose);
});

test("what is no YAML becomes a note about it", () => {
  expect(parseCompose("services: [")).toEqual({ unreadable: expect.stringContaining("line 1") });
  expect(isComposeFile(parseCompose("services: ["))).toBe(false);
});

test("a service that others wait for runs once; one with a profile or no replicas does not run", () => {
  const services = {
    migrate: { image: "app:1" },
    web: { image: "app:1", depends_on: { migrate: { condition: "service_completed_successfully" } } },
    worker: { image: "app:1", deploy: { replicas: 3 }, depends_on: ["web"] },
    idle: { image: "app:1", scale: 0 },
    debug: { image: "app:1", profiles: ["debug"] },
  };
  expect(expectedServices({ services })).toEqual({
    migrate: { state: "completed", image: "app:1", containers: 1 },
    web: { state: "running", image: "app:1", containers: 1 },
    worker: { state: "running", image: "app:1", containers: 3 },
    idle: { state: "absent", image: "app:1", containers: 0 },
    debug: { state: "absent", image: "app:1", containers: 0 },
  });
});

test("files are found by relative, absolute and folder mounts, in both notations", () => {
  const services = {
    alone: { image: "a:1", volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"] },
    folder: { image: "a:1", volumes: [{ type: "bind", source: "/opt/acme/edge/conf" }] },
    whole: { image: "a:1", volumes: [".:/all"] },
    elsewhere: { image: "a:1", volumes: ["/opt/acme/edge/conf.d:/x", "../data:/y"] },
  };
  const mounts = fileMounts({ services }, "/opt/acme/edge", ["Caddyfile", "conf/site"]);
  expect(Object.fromEntries(mounts.services)).toEqual({
    Caddyfile: ["alone", "whole"],
    "conf/site": ["folder", "whole"],
  });
  expect([...mounts.alone]).toEqual(["Caddyfile"]);
});
