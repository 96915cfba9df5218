/** The platform on one machine: two servers of the emulated cloud, through the same components as production. */
import * as pulumi from "@pulumi/pulumi";
import { DockerEngine } from "../components/docker/engine.ts";
import { DockerNetworks } from "../components/docker/networks.ts";
import { Hardening } from "../components/hardening/hardening.ts";
import { web } from "../components/hardening/openings.ts";
import { meshMemberOpenings } from "../components/mesh/openings.ts";
import { internalCa } from "../components/proxy/acme.ts";
import { Caddy } from "../components/proxy/caddy.ts";
import { meshOnly, publicRoute } from "../components/proxy/route.ts";
import { HetznerCloud } from "../components/server/hetzner-cloud.ts";
import { HetznerServer } from "../components/server/hetzner-server.ts";
import { httpHealth } from "../components/services/health.ts";
import { Postgres } from "../components/services/postgres.ts";
import { Redis } from "../components/services/redis.ts";
import { Service } from "../components/services/service.ts";
import { offeredMesh } from "../lab/mesh/offer.ts";
import { loadSecrets, sshPublicKey } from "../secrets/load.ts";
import { labSecrets } from "../secrets/schemas.ts";
import { declareLabMesh } from "./shared/lab-mesh.ts";

const secrets = loadSecrets("lab", labSecrets);

/** What to try here: `quay preview lab --diff -c quayside:hello=1.1.0`; version 1.2.0 never gets healthy. */
const settings = new pulumi.Config("quayside");
const hello = `quayside/hello:${settings.get("hello") ?? "1.0.0"}`;

/** Where the deployer and the registry are, seen from the lab's machines. */
const deployer = ["10.210.0.1/32"];
const registryMirrors = ["http://10.210.0.1:5000"];

const hetzner = new HetznerCloud("hetzner", {
  token: process.env.HCLOUD_TOKEN ?? secrets.hcloud.token,
  endpoint: process.env.HCLOUD_ENDPOINT ?? "http://127.0.0.1:8910/v1",
  deployKey: sshPublicKey(secrets.ssh.privateKey),
  // Two labs on one machine cannot have the same.
  network: { ipRange: settings.get("network") ?? "10.0.0.0/16" },
  ephemeral: true,
});

const server = {
  cloud: hetzner,
  type: ["cx23", "cpx22"],
  location: ["fsn1", "nbg1"],
  image: "debian-13",
  sshFrom: deployer,
};
// The lab's machines share a kernel, which is not theirs to set or to audit.
const shared = { ssh: { from: deployer }, sysctl: "network", audit: false } as const;

/** Where Headscale and Tailscale are for hosts of the lab, after `quay lab start --mesh`. */
const releases = offeredMesh();
const member = { publicPorts: [80, 443, ...(releases ? (["41641/udp"] as const) : [])] };
const openings = { ...web, ...(releases && meshMemberOpenings) };

const core = new HetznerServer("core", { ...server, ...member, volume: { size: 10 } });
new Hardening("core-hardening", { host: core, openings, ...shared });
new DockerEngine("core-docker", { host: core, source: "distribution", registryMirrors });

const net = new DockerNetworks("core-networks", {
  host: core,
  networks: {
    frontend: { subnet: "172.20.1.0/24" },
    backend: { subnet: "172.20.2.0/24", internal: true },
    egress: { subnet: "172.20.4.0/24" },
  },
});

const postgres = new Postgres("postgres", {
  host: core,
  network: net.backend,
  password: secrets.postgres.password,
  databases: { app: { password: secrets.postgres.clients.app } },
});
const redis = new Redis("redis", { host: core, network: net.backend, password: secrets.redis.password });

const app = new Service("app", {
  host: core,
  image: hello,
  networks: [net.frontend, net.backend],
  http: 8080,
  health: httpHealth(8080, "/healthz"),
  needs: [postgres.database("app"), redis.connection],
  secretEnv: { DATABASE_URL: postgres.database("app").url, REDIS_URL: redis.connection.url },
});

const apps = new HetznerServer("apps", { ...server, ...member });
new Hardening("apps-hardening", { host: apps, openings, ...shared });
new DockerEngine("apps-docker", { host: apps, source: "distribution", registryMirrors });

const appsNet = new DockerNetworks("apps-networks", {
  host: apps,
  networks: { frontend: { subnet: "172.20.1.0/24" } },
});
const site = new Service("site", {
  host: apps,
  image: "quayside/hello:1.0.0",
  networks: [appsNet.frontend],
  http: 8080,
  health: httpHealth(8080, "/healthz"),
});
new Caddy("apps-edge", {
  host: apps,
  network: appsNet.frontend,
  acme: internalCa(),
  routes: [publicRoute("site.lab.test", site.http)],
});

const routes = [publicRoute("app.lab.test", app.http), meshOnly("admin.lab.test", app.http)];
const mesh = releases && declareLabMesh({ releases, core, apps, routes, server, shared, registryMirrors });
new Caddy("edge", {
  host: core,
  network: net.frontend,
  acme: internalCa(),
  routes,
  ...(mesh && { probe: { meshAddress: mesh.memberAddress(core), members: [core, apps] } }),
});

export const outputs = { core: core.address, apps: apps.address };
