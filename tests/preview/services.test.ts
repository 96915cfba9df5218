import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { DockerEngine } from "../../components/docker/engine.ts";
import { DockerNetworks } from "../../components/docker/networks.ts";
import { commandHealth, httpHealth, tcpHealth } from "../../components/services/health.ts";
import { Postgres } from "../../components/services/postgres.ts";
import { Redis } from "../../components/services/redis.ts";
import { Service } from "../../components/services/service.ts";
import type { ServiceArgs } from "../../components/services/service-args.ts";
import { faultsOf, recordResources, resourcesOf, server } from "./mocks.ts";

recordResources();

function platform() {
  const host = server();
  const net = new DockerNetworks("networks", {
    host,
    networks: { frontend: { subnet: "172.20.1.0/24" }, backend: { subnet: "172.20.2.0/24", internal: true } },
  });
  return { host, net };
}

/** A service that nothing is wrong with. */
function app(changes: Partial<ServiceArgs> = {}): ServiceArgs {
  const { host, net } = platform();
  return { host, image: "acme/app:1.0.0", networks: [net.frontend], health: httpHealth(8080), ...changes };
}

describe("Service", () => {
  test("is secure unless it says otherwise", async () => {
    const resources = await resourcesOf(() => new Service("app", app()));
    expect(resources["app-compose"]).toMatchObject({ type: "quayside:host:ComposeProject" });
    expect(resources["app-compose"]?.inputs).toMatchObject({
      project: "app",
      directory: "/opt/acme/app",
      timeout: 105,
      compose: {
        services: {
          app: {
            image: "acme/app:1.0.0",
            container_name: "app",
            restart: "unless-stopped",
            networks: ["frontend"],
            healthcheck: {
              test: [
                "CMD-SHELL",
                "wget -q -T 4 -O /dev/null 'http://127.0.0.1:8080/' || curl -fsS -m 4 -o /dev/null 'http://127.0.0.1:8080/'",
              ],
              interval: "10s",
              timeout: "5s",
              retries: 3,
              start_period: "30s",
              start_interval: "1s",
            },
            mem_limit: "512m",
            pids_limit: 512,
            cap_drop: ["ALL"],
            security_opt: ["no-new-privileges:true"],
            logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
          },
        },
        networks: { frontend: { external: true } },
      },
    });
    expect(resources["app-compose"]?.inputs.compose.services.app).not.toHaveProperty("ports");
  });

  test("sends nothing that is said elsewhere or is empty", async () => {
    const resources = await resourcesOf(() => {
      const args = app();
      new DockerEngine("docker", { host: args.host });
      new Service("app", args);
    });
    const { inputs } = resources["app-compose"] ?? {};
    expect(inputs.compose.services.app).not.toHaveProperty("logging");
    expect(Object.keys(inputs).sort()).toEqual(["compose", "directory", "host", "project", "timeout"]);
  });

  test("everything that it can be told", async () => {
    const resources = await resourcesOf(() => {
      const args = app({
        health: tcpHealth(9000, { interval: "30s", timeout: "10s", retries: 5, startPeriod: "2m" }),
        command: ["serve", "--price=$5"],
        env: { MODE: "live", LATE: pulumi.output("a$b") },
        secretEnv: { API_TOKEN: pulumi.secret("t0ken$") },
        files: { "/etc/app/app.yaml": { content: "a: 1" }, "/etc/app/key": { content: "k", mode: "0400" } },
        volumes: { data: { path: "/data" }, cache: { path: "/cache", owner: "33:44", mode: "0700" } },
        memory: "2g",
        cpus: 0.5,
        pids: 64,
        sharedMemory: "128m",
        user: "1000:1001",
        capabilities: ["NET_RAW"],
        readOnly: true,
        tmpfs: ["/tmp"],
        ports: [{ container: 9000 }, { container: 53, host: 5353, protocol: "udp", address: "fd7a:115c:a1e0::1" }],
        stopGracePeriod: "1m",
      });
      new Service("app", args);
    });
    const { inputs } = resources["app-compose"] ?? {};
    expect(inputs.compose.services.app).toMatchObject({
      command: ["serve", "--price=$$5"],
      environment: { MODE: "live", LATE: "a$$b" },
      env_file: [".env"],
      volumes: [
        "/opt/acme/data/app/data:/data",
        "/opt/acme/data/app/cache:/cache",
        "./files/etc/app/app.yaml:/etc/app/app.yaml:ro",
        "./files/etc/app/key:/etc/app/key:ro",
      ],
      mem_limit: "2g",
      cpus: 0.5,
      pids_limit: 64,
      shm_size: "128m",
      user: "1000:1001",
      cap_add: ["NET_RAW"],
      read_only: true,
      tmpfs: ["/tmp"],
      ports: ["127.0.0.1:9000:9000/tcp", "[fd7a:115c:a1e0::1]:5353:53/udp"],
      stop_grace_period: "1m",
    });
    expect(JSON.stringify(inputs.compose)).not.toContain("t0ken");
    expect(inputs.files).toEqual({
      "files/etc/app/app.yaml": { content: "a: 1" },
      "files/etc/app/key": { content: "k", mode: "0400" },
    });
    expect(inputs.timeout).toBe(30 + 120 + 5 * 40);
    expect(inputs.folders).toEqual({
      "/opt/acme/data/app/data": { owner: "1000", group: "1001", mode: "0750" },
      "/opt/acme/data/app/cache": { owner: "33", group: "44", mode: "0700" },
    });
  });

  test("with a reload, folders are mounted instead of files", async () => {
    const resources = await resourcesOf(() => {
      const files = { "/etc/app/a.conf": { content: "a" }, "/etc/app/b.conf": { content: "b" } };
      new Service("app", app({ files, reload: { signal: "SIGHUP" } }));
    });
    const { inputs } = resources["app-compose"] ?? {};
    expect(inputs.compose.services.app.volumes).toEqual(["./files/etc/app:/etc/app:ro"]);
    expect(inputs.reload).toEqual({ app: { signal: "SIGHUP" } });
  });

  test("a child can be adjusted", async () => {
    const resources = await resourcesOf(() => new Service("app", app({ transform: { compose: { pull: "always" } } })));
    expect(resources["app-compose"]?.inputs.pull).toBe("always");
  });

  test("every fault is told at once, with its path", () => {
    const { net: elsewhere } = (() => {
      const host = server("hub");
      return { net: new DockerNetworks("hub-networks", { host, networks: { frontend: { subnet: "172.20.1.0/24" } } }) };
    })();
    const { host, net } = platform();
    const faults = faultsOf(
      () =>
        new Service("app", {
          host,
          image: "acme/app:latest",
          networks: [
            net.frontend,
            net.frontend,
            elsewhere.frontend,
            (net as unknown as Record<string, never>).bakend as never,
          ],
          health: commandHealth([], { interval: "often", retries: 0 }),
          http: 0,
          env: { DB_PASSWORD: "x", "A-B": "y", BOTH: "1" },
          secretEnv: { BOTH: "2" },
          volumes: { data: { path: "data" }, Bad: { path: "/x", owner: "root" } },
          tmpfs: ["/x"],
          memory: "lots",
          sharedMemory: "1",
          cpus: 0,
          pids: -1,
          capabilities: ["ALL", "CAP_NET_RAW"],
          stopGracePeriod: "1 minute",
          ports: [{ container: 70000 }, { container: 80, address: "0.0.0.0" }, { container: 81, address: "localhost" }],
        }),
    );
    expect(faults).toEqual([
      'image is "acme/app:latest", another version every day; name the tag that was tested, such as acme/app:1.2.0',
      "networks[1] is network frontend a second time",
      "networks[2] is network frontend of hub, but the service is on core",
      "networks[3] is an unknown network; declare it in the DockerNetworks of core",
      "health.test has no command",
      'health.interval is "often"; a time such as 30s or 2m is needed',
      "health.retries is 0; a whole number from 1 is needed",
      "env.A-B is not a variable's name; letters, digits and _ are allowed",
      "env.DB_PASSWORD is a secret by its name; declare it in secretEnv",
      "env.BOTH is in secretEnv too; leave one of the two",
      'volumes.data.path is "data"; an absolute path in the container is needed',
      "tmpfs[0] mounts /x, as volumes.Bad.path does",
      "volumes.Bad is not a volume's name; lower-case letters, digits, - and _",
      'volumes.Bad.owner is "root"; ids such as 1000:1000',
      'memory is "lots"; an amount such as 512m or 2g is needed',
      'sharedMemory is "1"; an amount such as 512m or 2g is needed',
      "cpus is 0; a number above 0 is needed, such as 0.5",
      "pids is -1; a whole number from 1 is needed",
      'capabilities[0] is "ALL"; name each one, such as NET_BIND_SERVICE',
      'capabilities[1] is "CAP_NET_RAW"; name each one, such as NET_BIND_SERVICE',
      'stopGracePeriod is "1 minute"; a time such as 30s or 2m is needed',
      "ports[0].container is 70000; ports go from 1 to 65535",
      "ports[1].address is 0.0.0.0, which would be reachable from outside, past the firewall; only the proxy publishes there. " +
        "Give it a route, or an address of the mesh or 127.0.0.1",
      'ports[2].address is "localhost"; an IP address is needed',
      "http is 0; ports go from 1 to 65535",
    ]);
  });

  test("needs a health check and a network", () => {
    const faults = faultsOf(() => new Service("app", app({ networks: [], health: undefined as never })));
    expect(faults).toEqual([
      "networks is empty; a service needs a network to be reached on",
      "health is missing; httpHealth(port, path) tells whether it serves",
    ]);
  });

  test("a name and a port are given once on a host", () => {
    const { host, net } = platform();
    const args = { host, image: "acme/app:1.0.0", networks: [net.frontend], health: httpHealth(80) };
    new Service("app", { ...args, ports: [{ container: 80, host: 8080 }] });
    new Service("api", { ...args, ports: [{ container: 80, host: 8080, address: "100.64.0.1" }] });
    expect(faultsOf(() => new Service("app", { ...args, ports: [{ container: 8080 }] }))).toEqual([
      'name is a container\'s name on core already: Service "app"',
      'ports[0] is 127.0.0.1:8080/tcp on core, which "app" publishes',
    ]);
  });

  test("what it needs has to share a network with it", () => {
    const { host, net } = platform();
    const cache = new Redis("redis", { host, network: net.backend, password: "s3cret" });
    const args = { host, image: "acme/app:1.0.0", networks: [net.frontend], health: httpHealth(80) };
    expect(faultsOf(() => new Service("app", { ...args, needs: [cache.connection] }))).toEqual([
      'needs[0] is the service "redis", which is on backend; put the service on one of them',
    ]);
  });

  test("a route to a service without HTTP is refused", () => {
    const service = new Service("app", app());
    expect(faultsOf(() => service.http)).toEqual([
      "http is missing, but a route leads here; declare the port in the container that answers HTTP",
    ]);
  });
});

describe("Postgres", () => {
  test("keeps its data where PostgreSQL 18 has it, and its clients apart", async () => {
    const resources = await resourcesOf(() => {
      const { host, net } = platform();
      const postgres = new Postgres("postgres", {
        host,
        network: net.backend,
        password: "root-s3cret",
        databases: { n8n: { password: "it's" }, litellm: { password: "hunter2" } },
        parameters: { shared_buffers: "256MB" },
      });
      expect(postgres.database("n8n")).toMatchObject({ host: "postgres", port: 5432, database: "n8n", user: "n8n" });
      postgres.database("n8n").url.apply((url) => {
        expect(url).toBe("postgresql://n8n:it's@postgres:5432/n8n");
      });
    });
    const { inputs } = resources["postgres-compose"] ?? {};
    expect(inputs.compose.services.postgres).toMatchObject({
      image: "postgres:18.4",
      command: ["postgres", "-c", "shared_buffers=256MB"],
      networks: ["backend"],
      user: "999:999",
      read_only: true,
      volumes: ["/opt/acme/data/postgres/data:/var/lib/postgresql"],
      healthcheck: { test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"] },
    });
    expect(inputs.compose.services.postgres).not.toHaveProperty("ports");
    expect(inputs.folders).toEqual({
      "/opt/acme/data/postgres/data": { owner: "999", group: "999", mode: "0700" },
    });
    const roles = ["postgres-superuser", "postgres-database-n8n", "postgres-database-litellm"];
    const verifiers = roles.map((role) => resources[role]?.inputs);
    for (const { observe, apply, input } of verifiers) {
      expect(JSON.stringify([observe, apply, input])).not.toMatch(/root-s3cret|it's|hunter2/);
    }
    expect(new Set(verifiers.map(({ wanted }) => JSON.stringify(wanted))).size).toBe(3);
  });

  test("an unknown database, with those that there are", () => {
    const { host, net } = platform();
    const databases = { n8n: { password: "a" }, litellm: { password: "b" } };
    const postgres = new Postgres<string>("postgres", { host, network: net.backend, password: "c", databases });
    expect(faultsOf(() => postgres.database("nocodb"))).toEqual([
      "databases.nocodb is not declared; the databases of this server are: n8n, litellm",
    ]);
  });

  test("every fault at once", () => {
    const { host, net } = platform();
    const databases = { postgres: { password: "a" }, "my-app": { password: "b" }, pg_x: { password: "c" } };
    const args = { host, network: net.frontend, image: "postgres:17.2", password: "d", databases, memory: "1" };
    expect(faultsOf(() => new Postgres("postgres", args))).toEqual([
      "network is frontend, which has a way out; a database needs an internal network",
      "image is postgres:17.2; 18 or newer is needed, as older ones keep data elsewhere",
      "databases.postgres is a name of PostgreSQL's own; choose another one",
      "databases.my-app is not a database name; lower-case letters, digits and _ are allowed, 63 at most",
      "databases.pg_x is a name of PostgreSQL's own; choose another one",
      'memory is "1"; an amount such as 512m or 2g is needed',
    ]);
    expect(
      faultsOf(
        () =>
          new Postgres("pg", {
            ...args,
            databases: {},
            image: "postgres:18.4",
            memory: "1g",
            network: undefined as never,
          }),
      ),
    ).toEqual(["network is an unknown network; declare it in the DockerNetworks of core"]);
  });
});

describe("Redis", () => {
  test("gives its password to nobody but itself", async () => {
    const resources = await resourcesOf(() => {
      const { host, net } = platform();
      const redis = new Redis("redis", {
        host,
        network: net.backend,
        password: "r3dis",
        memory: "512m",
        eviction: "allkeys-lru",
      });
      redis.connection.url.apply((url) => {
        expect(url).toBe("redis://:r3dis@redis:6379");
      });
    });
    const { inputs } = resources["redis-compose"] ?? {};
    expect(JSON.stringify([inputs.compose, inputs.files])).not.toContain("r3dis");
    expect(inputs.files["files/usr/local/etc/redis/redis.conf"].content).toContain(
      "maxmemory 402653184\nmaxmemory-policy allkeys-lru\n",
    );
    expect(inputs.compose.services.redis.command[2]).toBe(
      'exec redis-server /usr/local/etc/redis/redis.conf - <<CONF\nrequirepass "$$(printf %s "$$REDISCLI_AUTH" | sed \'s/["\\\\]/\\\\&/g\')"\nCONF',
    );
  });

  test("every fault at once", () => {
    const { host, net } = platform();
    const args = { host, network: net.frontend, password: "a", eviction: "some" as never, image: "redis" };
    expect(faultsOf(() => new Redis("redis", args))).toEqual([
      "network is frontend, which has a way out; a cache needs an internal network",
      expect.stringMatching(/^eviction is "some"; one of noeviction, allkeys-lru, .* is needed$/),
      'image is "redis", which names no version; add the tag that was tested, such as redis:1.2.0',
    ]);
  });
});
