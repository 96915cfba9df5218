import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createWebServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { type NameRecord, startNameServer } from "../../../lab/acme/dns.ts";
import { type AcmeServer, startPebble } from "../../../lab/acme/pebble.ts";
import { ensureServiceImages } from "../../../lab/registry/publish.ts";
import { startRegistry } from "../../../lab/registry/registry.ts";
import { build } from "../../../toolchain/build.ts";
import { type Answered, ask } from "../harness/ask.ts";
import { component, existingServer } from "../harness/component-program.ts";
import { echoService } from "../harness/echo-service.ts";
import { makeHost, type TestHost } from "../harness/host.ts";
import { Project } from "../harness/project.ts";

/** This machine, as the lab's hosts see it. */
const HERE = "10.210.0.1";

/** An authority, a name server that it asks, and a host whose proxy has its certificates issued there. */
export interface IssuingLab {
  host: TestHost;
  project: Project;
  pebble: AcmeServer;
  /** Has an emulated API listen for plain HTTP. @returns `http://10.210.0.1:<port>` */
  serve(app: Hono): Promise<string>;
  /** Asks the host as somebody who trusts the authority and nobody else. */
  asked(hostname: string): Promise<Answered>;
  /** The program of the host, see `StackOptions`. */
  stack(options: StackOptions): string;
  close(): Promise<void>;
}

/** One host with a service, a proxy and the zone. The probe trusts certificates of the authority only. */
export interface StackOptions {
  /** More imports and statements before the zone. */
  imports?: string;
  /** Who hosts the zone. */
  at: string;
  /** The issuer; `zone`, `authority` and `resolvers` are there for it. */
  acme: string;
  /** The routes; `app.http` is there for them. */
  routes: string;
  /** Whether the DNS vendor's API is the emulated one, which has a certificate of the lab. @default false */
  trustsVendor?: boolean;
  /** Seconds. @default 60 */
  patience?: number;
}

interface LabOptions {
  zone: string;
  /** What the world is told. */
  published: () => readonly NameRecord[];
  /** The API of a DNS vendor whose module knows no other address than the vendor's own: the host is led here. */
  vendor: { hostname: string; app: Hono };
}

export async function startIssuingLab({ zone, published, vendor }: LabOptions): Promise<IssuingLab> {
  const opened: (() => unknown)[] = [];
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  const listening = async (server: Server): Promise<number> => {
    await new Promise<void>((done) => server.listen(0, HERE, done));
    opened.push(() => void server.close());
    return (server.address() as { port: number }).port;
  };
  try {
    await startRegistry();
    await ensureServiceImages();
    const [caddy = ""] = await build(["caddy-dns"]);
    const folder = await mkdtemp(join(tmpdir(), "quayside-e2e-acme-"));
    opened.push(() => rm(folder, { recursive: true, force: true }));
    const host = await makeHost("core");
    opened.push(() => host.remove());
    const names = await startNameServer(HERE, zone, published);
    opened.push(() => names.stop());
    const pebble = await startPebble(folder, HERE, `${HERE}:${names.port}`, [vendor.hostname]);
    opened.push(() => pebble.stop());
    const api = createTlsServer({ cert: pebble.certificate, key: pebble.key }, listenerOf(vendor.app));
    const file = createWebServer((_, response) => createReadStream(join(caddy, "caddy")).pipe(response));
    await leadToVendor(host, vendor.hostname, await listening(api));
    await provideBuilder(host, `http://${HERE}:${await listening(file)}/`);
    const project = await Project.create({ host: host.connection, keyFile: host.keyFile });
    opened.push(() => project.remove());
    return {
      ...{ host, project, pebble, close },
      serve: async (app) => `http://${HERE}:${await listening(createWebServer(listenerOf(app)))}`,
      asked: (hostname) => ask(host.connection.address, `https://${hostname}/`, { ca: pebble.issuer }),
      stack: (options) => stackText({ host, pebble, zone, resolver: `${HERE}:${names.port}` }, options),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const listenerOf = ({ fetch }: Hono) => getRequestListener(fetch, { overrideGlobalObjects: false });

async function leadToVendor(host: TestHost, hostname: string, port: number): Promise<void> {
  await host.sh(`
    echo '203.0.113.53 ${hostname}' >>/etc/hosts
    iptables -t nat -A OUTPUT -d 203.0.113.53 -p tcp --dport 443 -j DNAT --to ${HERE}:${port}`);
}

/** The image that Caddy is built from: its `xcaddy` hands out the toolchain's build of the same modules. */
async function provideBuilder(host: TestHost, url: string): Promise<void> {
  await host.sh(`
    mkdir /root/builder && cd /root/builder && curl -fsS -o caddy ${url} && chmod 755 caddy
    printf '%s\\n' '#!/bin/sh' 'while [ "$1" != --output ]; do shift; done' 'cp /built "$2"' >xcaddy && chmod 755 xcaddy
    printf '%s\\n' 'FROM caddy:2.11.9' 'COPY caddy /built' 'COPY xcaddy /usr/bin/xcaddy' >Dockerfile
    docker build -q -t caddy:2.11.9-builder . >/dev/null 2>&1`);
}

function stackText(
  { host, pebble, zone, resolver }: Pick<IssuingLab, "host" | "pebble"> & { zone: string; resolver: string },
  { imports = "", at, acme, routes, trustsVendor = false, patience = 60 }: StackOptions,
): string {
  // The modules trust the system's authorities only.
  const transform = `transform: { compose: (args) => {
    args.compose.services["edge-front"].environment = { SSL_CERT_FILE: "/etc/front/acme-root.pem" };
  } },`;
  return `
import { DnsZone } from ${component("dns/zone.ts")};
import { DockerNetworks } from ${component("docker/networks.ts")};
import { cloudflareDns, dns01, http01, ovhDns } from ${component("proxy/acme.ts")};
import { Caddy } from ${component("proxy/caddy.ts")};
import { meshOnly, publicRoute } from ${component("proxy/route.ts")};
import { ExistingServer } from ${component("server/existing-server.ts")};
import { httpHealth } from ${component("services/health.ts")};
import { Service } from ${component("services/service.ts")};
${imports}
const core = ${existingServer(host.connection)};
const zone = new DnsZone("dns", { domain: ${JSON.stringify(zone)}, at: ${at} });
const net = new DockerNetworks("networks", { host: core, networks: { frontend: { subnet: "172.20.1.0/24" } } });
const app = ${echoService("app", "core", "net.frontend")};
const authority = ${JSON.stringify({ email: "ops@example.org", directory: pebble.directory, root: pebble.certificate })};
const resolvers = [${JSON.stringify(resolver)}];
const edge = new Caddy("edge", {
  host: core, network: net.frontend, acme: ${acme}, routes: [${routes}],
  probe: { trust: ${JSON.stringify(pebble.issuer)}, patience: ${patience} },
  ${trustsVendor ? transform : ""}
});
zone.forRoutes(edge);`;
}
