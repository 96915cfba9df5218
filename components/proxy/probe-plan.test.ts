import { expect, test } from "vitest";
import { planProbes } from "./probe-plan.ts";

const everywhere = (wanted: "served" | "refused") => ({ outside: wanted, mesh: wanted, container: wanted });

test("a public route is served to all, a mesh-only one to the mesh and to containers", () => {
  expect(
    planProbes([
      { hostname: "www.example.org", access: "public" },
      { hostname: "n8n.example.org", access: "mesh" },
    ]),
  ).toEqual({
    "www.example.org/": { hostname: "www.example.org", path: "/", ...everywhere("served") },
    "n8n.example.org/": { hostname: "n8n.example.org", path: "/", ...everywhere("served"), outside: "refused" },
  });
});

test("webhooks are asked without setting anything off, and nothing else of their hostname answers", () => {
  expect(
    planProbes([
      { hostname: "hook.example.org", access: "public", paths: ["/webhook/*"] },
      { hostname: "pay.example.org", access: "public", paths: ["/paid"] },
    ]),
  ).toEqual({
    "hook.example.org/webhook/quayside-probe": {
      hostname: "hook.example.org",
      path: "/webhook/quayside-probe",
      ...everywhere("served"),
    },
    "pay.example.org/paid": {
      hostname: "pay.example.org",
      path: "/paid",
      method: "OPTIONS",
      ...everywhere("served"),
    },
    "hook.example.org/": { hostname: "hook.example.org", path: "/", ...everywhere("refused") },
    "pay.example.org/": { hostname: "pay.example.org", path: "/", ...everywhere("refused") },
  });
});

test("a token is tried with and without", () => {
  const token = { header: "X-Gitlab-Token", value: "a-token-of-24-characters" };
  const planned = planProbes([{ hostname: "*.example.org", access: "public", paths: ["/hook"], token }]);
  expect(planned["*.example.org/hook"]).toMatchObject({
    hostname: "quayside-probe.example.org",
    ...everywhere("refused"),
  });
  expect(planned["*.example.org/hook with X-Gitlab-Token"]).toMatchObject({
    header: { name: "X-Gitlab-Token", value: token.value },
    ...everywhere("served"),
  });
});
