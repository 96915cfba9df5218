import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureServiceImages } from "../../lab/registry/publish.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { component, existingServer } from "./harness/component-program.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";
import { reaches } from "./harness/reach.ts";

const repository = resolve(import.meta.dirname, "../..");
const PASSWORDS = {
  superuser: "super-s3cret",
  hello: `hello p@ss$'"x`,
  redis: `r3dis "pa$$\\ word`,
  owner: "0wner's-pw",
};

let host: TestHost;
let project: Project;

beforeAll(async () => {
  await startRegistry();
  await ensureServiceImages();
  host = await makeHost("core");
  project = await Project.create({
    host: host.connection,
    keyFile: host.keyFile,
    // Where the official plugin is installed, the engine takes that one.
    env: {
      PATH: `${join(repository, "node_modules/.bin")}:${process.env.PATH}:${join(repository, "toolchain/stand-ins/command")}`,
    },
  });
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

/** The stack under test: what applications, databases, caches and proxies are for, on one host. */
function stack({ version = "1.0.0", routes = "", more = "" } = {}): string {
  return `
import { DockerNetworks } from ${component("docker/networks.ts")};
import { HostCommand } from ${component("host-command/host-command.ts")};
import { internalCa } from ${component("proxy/acme.ts")};
import { Caddy } from ${component("proxy/caddy.ts")};
import { meshOnly, publicRoute, webhook } from ${component("proxy/route.ts")};
import { ExistingServer } from ${component("server/existing-server.ts")};
import { httpHealth } from ${component("services/health.ts")};
import { Postgres } from ${component("services/postgres.ts")};
import { Redis } from ${component("services/redis.ts")};
import { Service } from ${component("services/service.ts")};

const passwords = ${JSON.stringify(PASSWORDS)};
const core = ${existingServer(host.connection)};
const net = new DockerNetworks("networks", {
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
  password: pulumi.secret(passwords.superuser),
  databases: { hello: { password: pulumi.secret(passwords.hello) }, other: { password: pulumi.secret("unused-s3cret") } },
});
const cache = new Redis("redis", { host: core, network: net.backend, password: pulumi.secret(passwords.redis) });
const hello = new Service("hello", {
  host: core,
  image: "quayside/hello:${version}",
  networks: [net.backend, net.egress],
  http: 8080,
  health: httpHealth(8080, "/healthz", { interval: "1s", startPeriod: "5s" }),
  secretEnv: { DATABASE_URL: postgres.database("hello").url, REDIS_URL: cache.connection.url },
  needs: [postgres.database("hello"), cache.connection],
});
new Caddy("edge", {
  host: core,
  network: net.frontend,
  acme: internalCa(),
  routes: [
    publicRoute("hello.example.org", hello.http),
    meshOnly("private.example.org", hello.http),
    webhook("private.example.org", hello.http, { paths: ["/healthz"] }),
    ${routes}
  ],
});
${more}`;
}

async function get(hostname: string, path = "/"): Promise<{ status: number; body: string }> {
  const { address } = host.connection;
  const options = ["-sk", "-m", "10", "-w", "\n%{http_code}", "--resolve", `${hostname}:443:${address}`];
  const { stdout } = await promisify(execFile)("curl", [...options, `https://${hostname}${path}`]);
  const end = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

/** A GET from the host's own shell, wherever in it that runs; the status alone. */
const ask = (hostname: string, address: string) =>
  `curl -sk -m 10 -o /dev/null -w '%{http_code}' --resolve ${hostname}:443:${address} https://${hostname}/`;

test("from nothing to an application that is served over HTTPS on its own database; then nothing is left to do", async () => {
  await project.program(stack());
  await project.up();
  expect(await get("hello.example.org")).toMatchObject({ status: 200, body: expect.stringContaining('"1.0.0"') });
  expect((await get("hello.example.org", "/db")).body).toMatch(/"database": "hello", "user": "hello", "server": "18/);
  expect((await get("hello.example.org", "/egress")).status).toBe(200);
  expect(await host.sh("docker exec redis redis-cli ping")).toBe("PONG\n");
  expect((await project.up()).steps).toEqual([]);
});

test("no secret is in an argument list, a compose file or the state", async () => {
  const seen = await host.sh(
    "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; cat /opt/e2e/*/compose.yaml; docker logs postgres 2>&1",
  );
  const state = await project.state();
  for (const password of Object.values(PASSWORDS)) {
    expect(seen).not.toContain(password);
    expect(state).not.toContain(JSON.stringify(password).slice(1, -1));
  }
  expect(await host.sh("stat -c '%a %U' /opt/e2e/*/.env | sort -u")).toBe("600 root\n");
});

test("the database is not reached from outside and reaches nothing there, and clients keep to their own", async () => {
  expect(await reaches(host.connection.address, 443)).toBe(true);
  expect(await reaches(host.connection.address, 5432)).toBe(false);
  expect(await reaches(host.connection.address, 6379)).toBe(false);
  const outside = (container: string) => `docker exec ${container} timeout 3 bash -c '</dev/tcp/10.210.0.1/5000'`;
  expect(await host.sh(`${outside("hello")} && echo reached`)).toBe("reached\n");
  expect(await host.sh(`${outside("postgres")} 2>/dev/null || echo cut off`)).toBe("cut off\n");
  expect(
    await host.sh(
      `docker exec postgres psql -U postgres -Atc "SELECT has_database_privilege('hello', 'other', 'CONNECT')"`,
    ),
  ).toBe("f\n");
  expect(await host.sh("docker exec -e REDISCLI_AUTH=wrong redis redis-cli ping 2>&1")).toContain("NOAUTH");
});

test("a mesh-only route is for the mesh and the frontend network, and for nobody whose address was translated", async () => {
  const { address } = host.connection;
  expect((await get("private.example.org")).status).toBe(403);
  expect((await get("private.example.org", "/healthz")).status).toBe(200);
  expect(await host.sh(ask("private.example.org", "127.0.0.1"))).toBe("403");
  expect(await host.sh(ask("private.example.org", address))).toBe("403");
  // A member of the mesh, as the host sees one: another machine with an address of the mesh.
  await host.sh(`
    ip netns add member && ip link add mesh0 type veth peer name eth0 netns member
    ip addr add 100.64.0.1/24 dev mesh0 && ip link set mesh0 up
    ip -n member addr add 100.64.0.9/24 dev eth0 && ip -n member link set eth0 up && ip -n member route add default via 100.64.0.1`);
  expect(await host.sh(`ip netns exec member ${ask("private.example.org", address)}`)).toBe("200");
  const request = [
    "import socket, ssl",
    "tls = ssl._create_unverified_context()",
    "edge = tls.wrap_socket(socket.create_connection(('172.20.1.1', 443)), server_hostname='private.example.org')",
    "edge.sendall(b'GET / HTTP/1.0\\r\\nHost: private.example.org\\r\\n\\r\\n')",
    "print(edge.recv(99).split()[1].decode())",
  ];
  const container = "docker run -i --rm --network frontend --entrypoint python3 quayside/hello:1.0.0 -";
  expect(await host.sh(`${container} <<'PYTHON'\n${request.join("\n")}\nPYTHON`)).toBe("200\n");
});

test("a new route is taken up without a restart", async () => {
  const started = await host.sh("docker inspect -f '{{.State.StartedAt}}' edge");
  await project.program(stack({ routes: 'publicRoute("extra.example.org", hello.http),' }));
  const run = await project.up();
  expect(run.steps.map((step) => `${step.op} ${step.name}`)).toEqual(["update edge-compose", "update edge-probe"]);
  expect((await get("extra.example.org")).status).toBe(200);
  expect(await host.sh("docker inspect -f '{{.State.StartedAt}}' edge")).toBe(started);
});

test("a version that never gets healthy fails with its log, and the old one goes on serving", async () => {
  await project.program(stack({ version: "1.2.0" }));
  const preview = await project.preview();
  expect(preview.steps.find((step) => step.name === "hello-compose")?.diff).toEqual({
    "compose.services.hello.image": "update",
  });
  let ended = false;
  const failing = project.up({ mayFail: true }).finally(() => {
    ended = true;
  });
  const answers = new Set<string | number>();
  while (!ended) {
    const { status, body } = await get("hello.example.org");
    answers.add(/"version": "(.*?)"/.exec(body)?.[1] ?? status);
  }
  const run = await failing;
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("migration 7 is missing");
  expect([...answers]).toEqual(["1.0.0"]);
  await project.program(stack({ version: "1.1.0" }));
  await project.up();
  expect((await get("hello.example.org")).body).toContain('"1.1.0"');
});

test("what was changed by hand is listed, and repaired", async () => {
  await host.sh(`docker stop redis; docker exec postgres psql -U postgres -qc "ALTER ROLE hello PASSWORD 'by hand'"`);
  expect((await get("hello.example.org", "/db")).status).toBe(503);
  const drift = await project.preview({ refresh: true });
  expect(drift.steps.map((step) => step.name).sort()).toEqual(["postgres-database-hello", "redis-compose"]);
  await project.up({ refresh: true });
  expect((await get("hello.example.org", "/db")).status).toBe(200);
  expect(await host.sh("docker exec redis redis-cli ping")).toBe("PONG\n");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a step runs once, and tells nobody what it was given", async () => {
  const step = (run: string) =>
    stack({
      version: "1.1.0",
      more: `new HostCommand("owner", { host: core, variables: { password: pulumi.secret(passwords.owner) }, run: ${JSON.stringify(run)} });`,
    });
  await project.program(step('echo "$password"; false'));
  const failed = await project.up({ mayFail: true });
  expect(failed.output).toContain(
    "the step failed (exit code 1); what it said is in /var/log/quayside/owner.log on the host",
  );
  expect(failed.output).not.toContain(PASSWORDS.owner);
  expect(await host.sh("cat /var/log/quayside/owner.log")).toContain(PASSWORDS.owner);

  await project.program(step(`printf '%s\\n' "$password" >>/root/owners`));
  await project.up();
  expect((await project.up()).steps).toEqual([]);
  expect(await host.sh("cat /root/owners")).toBe(`${PASSWORDS.owner}\n`);
  expect(await project.state()).not.toContain(PASSWORDS.owner);
});
