import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureServiceImages } from "../../lab/registry/publish.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { ask } from "./harness/ask.ts";
import { component, existingServer } from "./harness/component-program.ts";
import { digestOf, type Echo, echoService } from "./harness/echo-service.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let core: TestHost;
let hub: TestHost;
let project: Project;

/** Nobody else's on the lab's network: like the host's own there. */
const meshAddress = ({ connection }: TestHost) => String(connection.address).replace(/^\d+\.\d+/, "100.99");

beforeAll(async () => {
  await startRegistry();
  await ensureServiceImages();
  [core, hub] = await Promise.all([makeHost("core"), makeHost("hub")]);
  await hub.sh(`echo '${core.publicKey}' >>/root/.ssh/authorized_keys`);
  // Stands in for the mesh: addresses of its range on the network that both hosts are on.
  for (const host of [core, hub]) await host.sh(`ip addr add ${meshAddress(host)}/16 dev eth0`);
  project = await Project.create({ keyFile: core.keyFile });
  await project.program(`
import { DockerNetworks } from ${component("docker/networks.ts")};
import { internalCa } from ${component("proxy/acme.ts")};
import { Caddy } from ${component("proxy/caddy.ts")};
import { meshOnly, relay } from ${component("proxy/route.ts")};
import { ExistingServer } from ${component("server/existing-server.ts")};
import { httpHealth } from ${component("services/health.ts")};
import { Service } from ${component("services/service.ts")};

const core = ${existingServer(core.connection)};
const hub = ${existingServer(hub.connection)};
const coreNet = new DockerNetworks("core-networks", { host: core, networks: { frontend: { subnet: "172.20.1.0/24" } } });
const hubNet = new DockerNetworks("hub-networks", { host: hub, networks: { frontend: { subnet: "172.20.1.0/24" } } });
const n8n = ${echoService("n8n", "core", "coreNet.frontend")};
const edge = new Caddy("edge", {
  host: core, network: coreNet.frontend, acme: internalCa(), routes: [meshOnly("n8n.example.org", n8n.http)],
  probe: { meshAddress: "${meshAddress(core)}", members: [core, hub] },
});
new Caddy("hub-edge", {
  host: hub, network: hubNet.frontend, acme: internalCa(),
  routes: [
    relay(
      "hook.example.org",
      // As of a member of the mesh: known once it has joined.
      { meshAddress: edge.resource.project.apply(() => "${meshAddress(core)}"), hostname: "n8n.example.org", certificate: "mesh" },
      { paths: ["/webhook/*"] },
    ),
  ],
});`);
});
afterAll(async () => {
  await project?.remove();
  await Promise.all([core?.remove(), hub?.remove()]);
});

test("the hub and another member are tried as vantages, and nothing is left to do", async () => {
  const run = await project.up();
  const probes = run.steps.map((step) => step.name).filter((name) => name.includes("probe"));
  expect(probes.sort()).toEqual(["edge-probe", "edge-probe-from-hub", "hub-edge-probe"]);
  expect((await project.up()).steps).toEqual([]);
});

test.each<{ what: string; headers: Record<string, string> }>([
  { what: "with its length", headers: {} },
  { what: "in chunks", headers: { "transfer-encoding": "chunked" } },
])("a webhook's body, sent $what, and its signature arrive unchanged", async ({ headers }) => {
  const body = Buffer.concat([Buffer.from('{"a" : "\\u00e9\r\n" }\0'), randomBytes(300_000)]);
  const signature = `sha256=${createHmac("sha256", "shared").update(body).digest("hex")}`;
  const answer = await ask(hub.connection.address, "https://hook.example.org/webhook/meta?hub.mode=a%20b", {
    method: "POST",
    headers: { "x-hub-signature-256": signature, "content-type": "application/json; charset=utf-8", ...headers },
    body,
  });
  expect(answer.status).toBe(200);
  const echo = JSON.parse(answer.body.toString()) as Echo;
  expect(echo).toMatchObject({ method: "POST", path: "/webhook/meta?hub.mode=a%20b", length: body.length });
  expect(echo.sha256).toBe(digestOf(body));
  expect(echo.headers["x-hub-signature-256"]).toBe(signature);
  expect(echo.headers["content-type"]).toBe("application/json; charset=utf-8");
});

test("nothing but the declared paths is relayed, and the core server itself refuses the public", async () => {
  const others = ["/", "/webhook", "/webhooks/a", "/rest/login", "//webhook/../rest/login", "/WEBHOOK/../rest/login"];
  const tricks = [
    "/webhook/../rest/login",
    "/webhook/%2e%2e/rest/login",
    "/webhook/..%2frest/login",
    "/webhook/a/../../rest",
  ];
  for (const rawPath of [...others, ...tricks]) {
    const { status, headers } = await ask(hub.connection.address, "https://hook.example.org/", { rawPath });
    expect([rawPath, status, headers["proxy-refusal"]]).toEqual([rawPath, 404, "no-route"]);
  }
  expect((await ask(core.connection.address, "https://n8n.example.org/webhook/meta")).status).toBe(403);
});
