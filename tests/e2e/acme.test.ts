import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createWebServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NameRecord, startNameServer } from "../../lab/acme/dns.ts";
import { type AcmeServer, startPebble } from "../../lab/acme/pebble.ts";
import { createCloudflare } from "../../lab/cloudflare/app.ts";
import { createOvh } from "../../lab/ovh/app.ts";
import { ensureServiceImages } from "../../lab/registry/publish.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { build } from "../../toolchain/build.ts";
import { ask } from "./harness/ask.ts";
import { component, existingServer } from "./harness/component-program.ts";
import { echoService } from "./harness/echo-service.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

/** This machine, as the lab's hosts see it. */
const HERE = "10.210.0.1";
const TOKEN = "cl0udflare-token-with-forty-characters-xx";
const ZONE = "example.org";

const OVH = { applicationKey: "0123456789abcdef", applicationSecret: "secret-of-the-app", consumerKey: "consumer-key" };

const cloudflare = createCloudflare(TOKEN);
const ovh = createOvh(OVH, [ZONE]);
let folder: string;
let host: TestHost;
let project: Project;
let names: Awaited<ReturnType<typeof startNameServer>>;
let pebble: AcmeServer;
let [cloudflareApi, ovhApi, files]: Server[] = [];
let ovhPort: number;

/** What the world is told: what the zone at OVH has published, and proofs that were written through Cloudflare's API. */
function published(): NameRecord[] {
  const atOvh = ovh.published.get(ZONE) ?? [];
  const all = [
    ...atOvh.map(({ subDomain, fieldType, target }) => ({
      name: `${subDomain}.${ZONE}`,
      type: fieldType,
      text: target,
    })),
    ...cloudflare.state.records.map(({ name, type, content }) => ({ name, type, text: content })),
  ];
  return all.flatMap(({ name, type, text }) =>
    type === "A" || type === "TXT" ? [{ name, type, value: text.replace(/^"|"$/g, "") } as const] : [],
  );
}

beforeAll(async () => {
  await startRegistry();
  await ensureServiceImages();
  const [caddy = ""] = await build(["caddy-dns"]);
  folder = await mkdtemp(join(tmpdir(), "quayside-e2e-acme-"));
  host = await makeHost("core");
  names = await startNameServer(HERE, ZONE, published);
  pebble = await startPebble(folder, HERE, `${HERE}:${names.port}`, ["api.cloudflare.com"]);
  const handler = ({ fetch }: Hono) => getRequestListener(fetch, { overrideGlobalObjects: false });
  cloudflareApi = createTlsServer({ cert: pebble.certificate, key: pebble.key }, handler(cloudflare.app));
  ovhApi = createWebServer(handler(ovh.app));
  files = createWebServer((_, response) => createReadStream(join(caddy, "caddy")).pipe(response));
  const [apiPort, filePort] = [await listen(cloudflareApi), await listen(files)];
  ovhPort = await listen(ovhApi);
  await cloudflare.app.request("https://api.cloudflare.com/client/v4/zones", {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ name: ZONE, account: { id: cloudflare.state.account } }),
  });
  // Caddy's module knows no other address of Cloudflare than its own, so the host is led to the emulator; and the image
  // that Caddy is built from is one whose `xcaddy` hands out the toolchain's build of the same modules.
  await host.sh(`
    echo '203.0.113.53 api.cloudflare.com' >>/etc/hosts
    iptables -t nat -A OUTPUT -d 203.0.113.53 -p tcp --dport 443 -j DNAT --to ${HERE}:${apiPort}
    mkdir /root/builder && cd /root/builder && curl -fsS -o caddy http://${HERE}:${filePort}/ && chmod 755 caddy
    printf '%s\\n' '#!/bin/sh' 'while [ "$1" != --output ]; do shift; done' 'cp /built "$2"' >xcaddy && chmod 755 xcaddy
    printf '%s\\n' 'FROM caddy:2.11.9' 'COPY caddy /built' 'COPY xcaddy /usr/bin/xcaddy' >Dockerfile
    docker build -q -t caddy:2.11.9-builder . >/dev/null 2>&1`);
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterAll(async () => {
  pebble?.stop();
  names?.stop();
  for (const server of [cloudflareApi, ovhApi, files]) server?.close();
  await project?.remove();
  await host?.remove();
  await rm(folder, { recursive: true, force: true });
});

function listen(server: Server): Promise<number> {
  return new Promise((done) => server.listen(0, HERE, () => done((server.address() as { port: number }).port)));
}

/** One host with a service, a proxy and a zone. The probe trusts certificates of Pebble's authority only. */
function stack(acme: string, routes: string, { trustsCloudflare = false, patience = 60 } = {}): string {
  // The emulated Cloudflare has a certificate of the lab; the module trusts the system's authorities only.
  const transform = `transform: { compose: (args) => {
    args.compose.services["edge-front"].environment = { SSL_CERT_FILE: "/etc/front/acme-root.pem" };
  } },`;
  return `
import { ovhZone } from ${component("dns/ovh.ts")};
import { DnsZone } from ${component("dns/zone.ts")};
import { DockerNetworks } from ${component("docker/networks.ts")};
import { cloudflareDns, dns01, http01, ovhDns } from ${component("proxy/acme.ts")};
import { Caddy } from ${component("proxy/caddy.ts")};
import { meshOnly, publicRoute } from ${component("proxy/route.ts")};
import { ExistingServer } from ${component("server/existing-server.ts")};
import { httpHealth } from ${component("services/health.ts")};
import { Service } from ${component("services/service.ts")};

const core = ${existingServer(host.connection)};
const zone = new DnsZone("dns", { domain: "example.org", at: ovhZone({
  ...${JSON.stringify({ ...OVH, endpoint: `http://${HERE}:${ovhPort}/1.0` })},
  applicationSecret: pulumi.secret(${JSON.stringify(OVH.applicationSecret)}),
}) });
const net = new DockerNetworks("networks", { host: core, networks: { frontend: { subnet: "172.20.1.0/24" } } });
const app = ${echoService("app", "core", "net.frontend")};
const authority = ${JSON.stringify({ email: "ops@example.org", directory: pebble.directory, root: pebble.certificate })};
const resolvers = ["${HERE}:${names.port}"];
const edge = new Caddy("edge", {
  host: core, network: net.frontend, acme: ${acme}, routes: [${routes}],
  probe: { trust: ${JSON.stringify(pebble.issuer)}, patience: ${patience} },
  ${trustsCloudflare ? transform : ""}
});
zone.forRoutes(edge);`;
}

const PUBLIC = 'publicRoute("www.example.org", app.http)';
/** Somebody who trusts Pebble's authority and nobody else. */
const asked = (hostname: string) => ask(host.connection.address, `https://${hostname}/`, { ca: pebble.issuer });
const proofs = () => ovh.requests.filter((request) => request === `POST /domain/zone/${ZONE}/record`).length;

test("over HTTP-01 a hostname gets a certificate by the name that its route has published", async () => {
  await project.program(stack("http01(authority)", PUBLIC));
  await project.up();
  expect((await asked("www.example.org")).status).toBe(200);
  expect(pebble.log()).toContain("Attempting to validate w/ HTTP: http://www.example.org:80/");
  expect(proofs()).toBe(1);
  expect((await project.up()).steps).toEqual([]);
});

test("nobody makes it ask for certificates of hostnames that are not declared", async () => {
  await expect(ask(host.connection.address, "https://stranger.example.org/")).rejects.toThrow();
  expect(pebble.log()).not.toContain("stranger.example.org");
});

test("credentials that the DNS vendor refuses fail the deployment with what it says, and without them", async () => {
  const wrong = "a-secret-of-nobody";
  const account = `{ ...${JSON.stringify(OVH)}, endpoint: "http://${HERE}:${ovhPort}/1.0", applicationSecret: pulumi.secret("${wrong}") }`;
  const acme = `dns01(ovhDns(${account}), { ...authority, resolvers })`;
  await project.program(stack(acme, `${PUBLIC}, meshOnly("private.example.org", app.http)`, { patience: 5 }));
  const { code, output } = await project.up({ mayFail: true });
  expect(code).not.toBe(0);
  expect(output).toMatch(/no certificate for private\.example\.org: .*Invalid signature/);
  expect(output).not.toContain(wrong);
});

test("over DNS-01 at the zone's hoster, a hostname for the mesh only gets one, and its name is never published", async () => {
  const acme = "dns01(zone, { ...authority, resolvers })";
  const before = proofs();
  await project.program(stack(acme, `${PUBLIC}, meshOnly("private.example.org", app.http)`));
  await project.up();
  expect((await project.up()).steps).toEqual([]);
  expect(await asked("private.example.org")).toMatchObject({
    status: 403,
    headers: { "proxy-refusal": "mesh-only" },
  });
  expect(proofs()).toBe(before + 1);
  const names = () => (ovh.zones.get(ZONE) ?? []).map(({ subDomain, fieldType }) => `${subDomain} ${fieldType}`);
  // The proof is taken away, after the certificate is there.
  await expect.poll(names, { timeout: 10_000 }).toEqual(["www A"]);
  expect(await host.sh("docker exec edge-front caddy list-modules | grep dns.providers")).toBe(
    "dns.providers.cloudflare\ndns.providers.hetzner\ndns.providers.ovh\n",
  );
  for (const secret of [OVH.applicationSecret, OVH.consumerKey]) {
    // Root's alone, wherever it is kept.
    expect(await host.sh(`grep -rlZ ${secret} /opt/e2e | xargs -0 stat -c '%a %U' | sort -u`)).toBe("600 root\n");
    expect(await project.state()).not.toContain(secret);
  }
});

test("so at Cloudflare, for a wildcard too", async () => {
  const acme = `dns01(cloudflareDns({ token: pulumi.secret(${JSON.stringify(TOKEN)}) }), { ...authority, resolvers })`;
  const routes = `${PUBLIC}, meshOnly("*.apps.example.org", app.http)`;
  await project.program(stack(acme, routes, { trustsCloudflare: true }));
  await project.up();
  expect((await asked("some.apps.example.org")).status).toBe(403);
  expect(cloudflare.requests.filter((request) => /^POST \/zones\/\w+\/dns_records/.test(request))).toHaveLength(1);
  await expect.poll(() => cloudflare.state.records, { timeout: 10_000 }).toEqual([]);
  expect(await project.state()).not.toContain(TOKEN);
});
