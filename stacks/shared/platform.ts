/** The platform that prod and preprod have in common: what runs on which host, and who reaches it by which name. */

import { ovhZone } from "../../components/dns/ovh.ts";
import { DnsZone } from "../../components/dns/zone.ts";
import { DockerEngine } from "../../components/docker/engine.ts";
import { DockerNetworks } from "../../components/docker/networks.ts";
import { Hardening } from "../../components/hardening/hardening.ts";
import { web } from "../../components/hardening/openings.ts";
import { Alloy } from "../../components/logs/alloy.ts";
import { Mesh } from "../../components/mesh/mesh.ts";
import { meshMemberOpenings } from "../../components/mesh/openings.ts";
import { meshRecords } from "../../components/mesh/records.ts";
import { allow, group, tag, tcp } from "../../components/mesh/rules.ts";
import type { MeshTls } from "../../components/mesh/tls.ts";
import { dns01, http01 } from "../../components/proxy/acme.ts";
import { Caddy } from "../../components/proxy/caddy.ts";
import { publicRoute, type Route, relay } from "../../components/proxy/route.ts";
import type { Host } from "../../components/server/host.ts";
import type { Secrets } from "../../secrets/load.ts";
import type { platformSecrets } from "../../secrets/schemas.ts";
import { declareCore } from "./core.ts";
import { declareHub } from "./hub.ts";

export interface Platform {
  /** Databases, automation and the model router. */
  core: Host;
  /** The mesh's hub, and what has to be reachable without it. */
  hub: Host;
  /** Where applications are deployed. */
  apps: Host;
  /** The workstation at home; preprod has none. */
  workstation?: Host;
  /** The zone at OVH that the names are in. */
  zone: string;
  /** What the platform's names end in: the zone, or a part of it. */
  domain: string;
  /** Networks that people and the deployer come from. */
  operators: readonly string[];
  /** Address that the certificate authority writes to. */
  acmeEmail: string;
  secrets: Secrets<typeof platformSecrets>;
}

export function declarePlatform(platform: Platform): void {
  const { core, hub, domain, acmeEmail: email, secrets } = platform;
  const onCore = declareCore(platform);
  const onHub = declareHub(platform);
  declareApps(platform);
  if (platform.workstation) declareWorkstation(platform.workstation, platform.operators);

  const mesh = declareMesh(platform, onCore.routes, onHub.tls);
  const zone = new DnsZone("dns", { domain: platform.zone, at: ovhZone(secrets.ovh) });
  const hubEdge = new Caddy("hub-edge", {
    host: hub,
    network: onHub.network,
    acme: http01({ email }),
    // The relay's other end is on a host that is deployed at the same time.
    probe: { patience: 240 },
    routes: [
      ...onHub.routes,
      publicRoute(`vpn.${domain}`, mesh.http),
      relay(
        `hook.${domain}`,
        { meshAddress: `core.mesh.${domain}`, hostname: `n8n.${domain}` },
        { paths: ["/webhook/*"] },
      ),
    ],
  });
  const edge = new Caddy("edge", {
    host: core,
    network: onCore.network,
    // Names that only the mesh resolves cannot be proven over HTTP.
    acme: dns01(zone, { email }),
    routes: onCore.routes,
    probe: { meshAddress: mesh.memberAddress(core), members: [core, hub] },
  });
  new Alloy("alloy", { host: core, networks: [onCore.monitoring], to: onCore.loki.http, proxies: [edge] });
  zone.forRoutes(edge, hubEdge);
}

function declareMesh({ core, hub, apps, workstation, domain }: Platform, routes: readonly Route[], tls: MeshTls): Mesh {
  return new Mesh("mesh", {
    hub,
    domain: `mesh.${domain}`,
    hostname: `vpn.${domain}`,
    tls,
    members: {
      hub: { host: hub, tag: "hub" },
      core: { host: core, tag: "core" },
      apps: { host: apps, tag: "apps" },
      ...(workstation && { workstation: { host: workstation, tag: "workstation" } }),
    },
    groups: { operators: ["alice"] },
    rules: [
      allow(group("operators"), ["hub", "apps", ...(workstation ? ["workstation"] : [])].map(tag), tcp(22)),
      allow([group("operators"), tag("hub")], tag("core"), tcp(804)),
      allow(group("operators"), tag("core"), tcp(443)),
      allow(tag("hub"), tag("core"), tcp(443)),
      ...(workstation ? [allow(tag("workstation"), tag("core"), tcp(443))] : []),
    ],
    records: meshRecords(routes, "core"),
  });
}

function declareApps({ apps, operators }: Platform): void {
  new Hardening("apps-hardening", {
    host: apps,
    ssh: { from: operators },
    openings: { ...web, ...meshMemberOpenings },
  });
  new DockerEngine("apps-docker", { host: apps });
  new DockerNetworks("apps-networks", { host: apps, networks: { frontend: { subnet: "172.20.1.0/24" } } });
}

function declareWorkstation(host: Host, operators: readonly string[]): void {
  new Hardening("workstation-hardening", { host, ssh: { from: operators }, openings: meshMemberOpenings });
  new DockerEngine("workstation-docker", { host });
}
