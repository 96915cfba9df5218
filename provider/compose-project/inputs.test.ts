import { expect, test } from "vitest";
import { check } from "../engine/check.ts";
import { type Properties, UNKNOWN } from "../engine/values.ts";
import { composeProjectSchema } from "./inputs.ts";

const base = { host: { name: "core", address: "203.0.113.10" }, project: "web", directory: "/opt/acme/web" };
const judge = (inputs: Properties, unknowns: (string | number)[][] = []) =>
  check(composeProjectSchema, { properties: { ...base, ...inputs }, secrets: [["env"]], unknowns });

test("what has to run follows from the compose file", () => {
  const { properties, faults } = judge({ compose: { services: { web: { image: "app:1" } }, networks: { back: {} } } });
  expect(faults).toEqual([]);
  expect(properties).toMatchObject({
    services: { web: { state: "running" } },
    compose: { networks: { back: {} } },
    files: {},
    triggers: [],
  });
});

test("a value that is not known yet leaves the rest normalised", () => {
  const compose: Properties = { services: { web: { image: UNKNOWN } } };
  const { properties, faults } = judge({
    compose,
    env: { TOKEN: UNKNOWN },
    files: { a: { content: UNKNOWN, mode: "644" } },
  });
  expect(faults).toEqual([]);
  expect(properties).toMatchObject({
    env: { TOKEN: UNKNOWN },
    files: { a: { content: UNKNOWN, mode: "0644" } },
    services: { web: { state: "running" } },
  });
});

test("every fault at once, without the value of a secret", () => {
  const { faults } = judge({
    directory: "/opt",
    compose: { services: { web: { build: "." } } },
    files: { "../x": { content: "" }, ".env": { content: "" } },
    env: { "A-B": "value", C: "with\0nul" },
    reload: { web: {} },
    pull: "sometimes",
  });
  expect(faults.map((fault) => `${fault.path}: ${fault.reason}`)).toEqual([
    'directory: a folder of the project\'s own is needed, such as /opt/acme/n8n (got "/opt")',
    "compose.services.web.image: every service needs an image",
    'compose.services.web.build: images are not built on hosts: push one to a registry and name it as image (got ".")',
    'files["../x"]: a relative path is needed, without . and .. steps',
    'files[".env"]: compose.yaml, .env and .quayside belong to the project itself: see `compose` and `env`',
    'env["A-B"]: a variable\'s name has letters, digits and underscores',
    "env.C: a variable cannot hold a NUL character",
    "reload.web: either command or signal is needed",
    'pull: missing, always or never (got "sometimes")',
  ]);
});

test("a reload for a service that is not there names those that are", () => {
  const { faults } = judge({ compose: { services: { web: { image: "a:1" } } }, reload: { wbe: { signal: "SIGHUP" } } });
  expect(faults).toEqual([{ path: "reload.wbe", reason: "no such service; there are: web" }]);
});
