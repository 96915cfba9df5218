/** What the lab has besides after `quay lab start --mesh`: a hub, the mesh, and the relay of webhooks. */
import { DockerEngine } from "../../components/docker/engine.ts";
import { DockerNetworks } from "../../components/docker/networks.ts";
import { Hardening, type HardeningArgs } from "../../components/hardening/hardening.ts";
import { web } from "../../components/hardening/openings.ts";
import { Mesh } from "../../components/mesh/mesh.ts";
import { meshHubOpenings } from "../../components/mesh/openings.ts";
import { meshRecords } from "../../components/mesh/records.ts";
import type { MeshReleases } from "../../components/mesh/releases.ts";
import { allow, group, tag, tcp } from "../../components/mesh/rules.ts";
import { internalAuthority } from "../../components/mesh/tls.ts";
import { internalCa } from "../../components/proxy/acme.ts";
import { Caddy } from "../../components/proxy/caddy.ts";
import { type Route, relay } from "../../components/proxy/route.ts";
import { HetznerServer, type HetznerServerArgs } from "../../components/server/hetzner-server.ts";
import type { Host } from "../../components/server/host.ts";

interface LabMesh {
  releases: MeshReleases;
  core: Host;
  apps: Host;
  /** What the core's proxy serves. */
  routes: readonly Route[];
  server: HetznerServerArgs;
  shared: Pick<HardeningArgs, "ssh" | "sysctl" | "audit">;
  registryMirrors: string[];
}

export function declareLabMesh({ releases, core, apps, routes, server, shared, registryMirrors }: LabMesh): Mesh {
  const tls = internalAuthority();
  const hub = new HetznerServer("hub", { ...server, publicPorts: [80, 443, 8443, "3478/udp", "41641/udp"] });
  new Hardening("hub-hardening", { host: hub, openings: { ...web, ...meshHubOpenings(tls) }, ...shared });
  new DockerEngine("hub-docker", { host: hub, source: "distribution", registryMirrors });
  const net = new DockerNetworks("hub-networks", { host: hub, networks: { frontend: { subnet: "172.20.1.0/24" } } });

  const mesh = new Mesh("mesh", {
    hub,
    domain: "mesh.lab.test",
    tls,
    releases: { amd64: releases, arm64: releases },
    members: {
      hub: { host: hub, tag: "hub" },
      core: { host: core, tag: "core" },
      apps: { host: apps, tag: "apps" },
    },
    groups: { operators: ["alice"] },
    rules: [
      allow(group("operators"), [tag("hub"), tag("core"), tag("apps")], tcp(22)),
      allow(tag("hub"), tag("core"), tcp(443)),
      allow(tag("apps"), tag("core"), tcp(443)),
    ],
    records: meshRecords(routes, "core"),
  });
  new Caddy("hub-edge", {
    host: hub,
    network: net.frontend,
    acme: internalCa(),
    // The other end is on a host that is deployed at the same time.
    probe: { patience: 240 },
    routes: [
      relay(
        "hook.lab.test",
        { meshAddress: "core.mesh.lab.test", hostname: "admin.lab.test", certificate: "mesh" },
        { paths: ["/healthz"] },
      ),
    ],
  });
  return mesh;
}
