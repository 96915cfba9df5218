/** Databases, automation, the model router and the logs. */
import { DockerEngine } from "../../components/docker/engine.ts";
import { DockerNetworks, type Network } from "../../components/docker/networks.ts";
import { Hardening } from "../../components/hardening/hardening.ts";
import { web } from "../../components/hardening/openings.ts";
import { Loki } from "../../components/logs/loki.ts";
import { meshMemberOpenings, meshSources } from "../../components/mesh/openings.ts";
import { meshOnly, type Route, webhook } from "../../components/proxy/route.ts";
import { commandHealth, httpHealth, tcpHealth } from "../../components/services/health.ts";
import { N8n } from "../../components/services/n8n.ts";
import { Postgres } from "../../components/services/postgres.ts";
import { Redis } from "../../components/services/redis.ts";
import { Service } from "../../components/services/service.ts";
import type { Platform } from "./platform.ts";

export interface Core {
  /** The network that the proxy reaches its services on. */
  network: Network;
  /** What the proxy serves. */
  routes: Route[];
  /** Where logs go. */
  loki: Loki;
  /** The network that logs are brought on. */
  monitoring: Network;
}

export function declareCore({ core, domain, secrets }: Platform): Core {
  new Hardening("core-hardening", {
    host: core,
    ssh: { from: meshSources },
    openings: { ...web, ...meshMemberOpenings },
  });
  new DockerEngine("core-docker", { host: core });
  const net = new DockerNetworks("core-networks", {
    host: core,
    networks: {
      frontend: { subnet: "172.20.1.0/24" },
      backend: { subnet: "172.20.2.0/24", internal: true },
      monitoring: { subnet: "172.20.3.0/24", internal: true },
      egress: { subnet: "172.20.4.0/24" },
      sandbox: { subnet: "172.20.5.0/24", internal: true },
    },
  });

  const postgres = new Postgres("postgres", {
    host: core,
    network: net.backend,
    password: secrets.postgres.password,
    databases: {
      n8n: { password: secrets.postgres.clients.n8n },
      litellm: { password: secrets.postgres.clients.litellm },
      nocodb: { password: secrets.postgres.clients.nocodb },
    },
  });
  const redis = new Redis("redis", { host: core, network: net.backend, password: secrets.redis.password });

  const n8n = new N8n("n8n", {
    host: core,
    networks: [net.frontend, net.backend, net.egress],
    database: postgres.database("n8n"),
    encryptionKey: secrets.n8n.encryptionKey,
    hostname: `n8n.${domain}`,
  });

  const litellm = new Service("litellm", {
    host: core,
    image: "ghcr.io/berriai/litellm:main-v1.77.5-stable",
    networks: [net.frontend, net.backend, net.egress],
    http: 4000,
    health: commandHealth(
      ["python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:4000/health/liveliness', timeout=4)"],
      { startPeriod: "90s" },
    ),
    needs: [postgres.database("litellm"), redis.connection],
    memory: "1g",
    env: { REDIS_HOST: redis.connection.host, REDIS_PORT: String(redis.connection.port) },
    secretEnv: {
      DATABASE_URL: postgres.database("litellm").url,
      REDIS_PASSWORD: redis.connection.password,
      LITELLM_MASTER_KEY: secrets.litellm.masterKey,
      LITELLM_SALT_KEY: secrets.litellm.saltKey,
    },
  });

  const nocodb = new Service("nocodb", {
    host: core,
    image: "nocodb/nocodb:0.265.1",
    networks: [net.frontend, net.backend],
    http: 8080,
    health: httpHealth(8080, "/api/v1/health", { startPeriod: "60s" }),
    needs: [postgres.database("nocodb"), redis.connection],
    volumes: { data: { path: "/usr/app/data" } },
    secretEnv: { DATABASE_URL: postgres.database("nocodb").url, NC_REDIS_URL: redis.connection.url },
  });

  const qdrant = new Service("qdrant", {
    host: core,
    image: "qdrant/qdrant:v1.16.3",
    networks: [net.frontend, net.backend],
    http: 6333,
    health: tcpHealth(6333),
    memory: "1g",
    volumes: { storage: { path: "/qdrant/storage" } },
  });

  return {
    network: net.frontend,
    loki: new Loki("loki", { host: core, networks: [net.monitoring] }),
    monitoring: net.monitoring,
    routes: [
      webhook(`n8n.${domain}`, n8n.http, { paths: ["/webhook/*"] }),
      meshOnly(`n8n.${domain}`, n8n.http),
      meshOnly(`llm.${domain}`, litellm.http),
      meshOnly(`nocodb.${domain}`, nocodb.http),
      meshOnly(`qdrant.${domain}`, qdrant.http),
    ],
  };
}
