/** What has to be reachable without the mesh: its hub, notes, and the relay of webhooks. */
import { DockerEngine } from "../../components/docker/engine.ts";
import { DockerNetworks, type Network } from "../../components/docker/networks.ts";
import { Hardening } from "../../components/hardening/hardening.ts";
import { web } from "../../components/hardening/openings.ts";
import { meshHubOpenings } from "../../components/mesh/openings.ts";
import { behindProxy, type MeshTls } from "../../components/mesh/tls.ts";
import { publicRoute, type Route } from "../../components/proxy/route.ts";
import { httpHealth } from "../../components/services/health.ts";
import { Service } from "../../components/services/service.ts";
import type { Platform } from "./platform.ts";

/** @returns what the hub's own services are served as, and how the mesh's hub is reached */
export function declareHub({ hub, domain, operators, secrets }: Platform): {
  network: Network;
  routes: Route[];
  tls: MeshTls;
} {
  new DockerEngine("hub-docker", { host: hub });
  const net = new DockerNetworks("hub-networks", { host: hub, networks: { frontend: { subnet: "172.20.1.0/24" } } });
  const tls = behindProxy(net.frontend);
  new Hardening("hub-hardening", {
    host: hub,
    ssh: { from: operators },
    openings: { ...web, ...meshHubOpenings(tls) },
  });

  const couchdb = new Service("couchdb", {
    host: hub,
    image: "couchdb:3.3.3",
    networks: [net.frontend],
    http: 5984,
    health: httpHealth(5984, "/_up"),
    volumes: { data: { path: "/opt/couchdb/data", owner: "5984" } },
    env: { COUCHDB_USER: "admin" },
    secretEnv: { COUCHDB_PASSWORD: secrets.couchdb.adminPassword },
  });
  return { network: net.frontend, routes: [publicRoute(`notes.${domain}`, couchdb.http)], tls };
}
