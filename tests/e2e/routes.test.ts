import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureServiceImages } from "../../lab/registry/publish.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { ask } from "./harness/ask.ts";
import { component, existingServer } from "./harness/component-program.ts";
import { type Echo, echoService } from "./harness/echo-service.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { underLoad } from "./harness/load.ts";
import { Project } from "./harness/project.ts";

const TOKEN = "t0ken-of-the-webhook-sender";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  await startRegistry();
  await ensureServiceImages();
  host = await makeHost("core");
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
  // Stands in for the mesh: interfaces with addresses of its ranges. `member` is in it; `stranger` is in the public
  // Internet, over IPv6, which the lab's own network does not have.
  await host.sh(`
    sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
    namespace() {
      ip netns add $1; ip link add $2 type veth peer name eth0 netns $1
      ip link set $2 up; ip -n $1 link set lo up; ip -n $1 link set eth0 up
    }
    namespace member mesh0; namespace stranger public6
    ip addr add 100.64.0.1/24 dev mesh0; ip addr add fd7a:115c:a1e0::1/64 dev mesh0 nodad
    ip -n member addr add 100.64.0.9/24 dev eth0; ip -n member addr add fd7a:115c:a1e0::9/64 dev eth0 nodad
    ip -n member route add default via 100.64.0.1
    ip addr add 2001:db8::1/64 dev public6 nodad; ip -n stranger addr add 2001:db8::9/64 dev eth0 nodad`);
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

/** One host with a service and a proxy. */
function stack({ routes = "", proxy = "", probe = "", app = "" } = {}): string {
  return `
import { DockerNetworks } from ${component("docker/networks.ts")};
import { internalCa } from ${component("proxy/acme.ts")};
import { Caddy } from ${component("proxy/caddy.ts")};
import { meshOnly, publicRoute, webhook } from ${component("proxy/route.ts")};
import { ExistingServer } from ${component("server/existing-server.ts")};
import { httpHealth } from ${component("services/health.ts")};
import { Service } from ${component("services/service.ts")};

const core = ${existingServer(host.connection)};
const net = new DockerNetworks("networks", { host: core, networks: {
  frontend: { subnet: "172.20.1.0/24" }, backend: { subnet: "172.20.2.0/24", internal: true }, egress: { subnet: "172.20.4.0/24" },
} });
const app = ${echoService("app", "core", "net.backend", app)};
new Caddy("edge", {
  host: core, network: net.frontend, acme: internalCa(),
  probe: { meshAddress: "100.64.0.1", patience: 20, ${probe} },
  routes: [
    publicRoute("www.example.org", app.http, { maxBody: "100KB" }),
    meshOnly("private.example.org", app.http),
    webhook("private.example.org", app.http, { paths: ["/hook/*"], token: { header: "X-Gitlab-Token", value: pulumi.secret(${JSON.stringify(TOKEN)}) } }),
    webhook("hook.example.org", app.http, { paths: ["/webhook/*"] }),
    ${routes}
  ],
  ${proxy}
});`;
}

const address = () => host.connection.address;

/** Status of a GET that runs on the host. @param where a network namespace to enter, or nothing @param to address asked */
function from(where: string, hostname: string, to: string, options = ""): Promise<string> {
  const curl = `curl -sk -m 10 -o /dev/null -w '%{http_code}' ${options} --resolve ${hostname}:443:${to} https://${hostname}/`;
  return host.sh(`${where} ${curl} || true`);
}

const MEMBER = "ip netns exec member";
const STRANGER = "ip netns exec stranger";
/** A container's own place in the network: a mesh-only route is for those of the proxy's network, not for others. */
const containerOn = (network: string) => `pid=$(docker inspect -f '{{.State.Pid}}' on-${network}); nsenter -t $pid -n`;

test("from nothing to proven routes; then nothing is left to do, and a refresh finds nothing", async () => {
  await project.program(stack());
  const run = await project.up();
  expect(run.steps.map((step) => step.name)).toContain("edge-probe");
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a public route is for all and sees their addresses; the rest is refused", async () => {
  const { status, body } = await ask(address(), "https://www.example.org/some?where=1");
  expect(status).toBe(200);
  const echo = JSON.parse(body.toString()) as Echo;
  expect(echo).toMatchObject({ method: "GET", path: "/some?where=1" });
  expect(echo.headers).toMatchObject({
    host: "www.example.org",
    "x-forwarded-for": "10.210.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "www.example.org",
  });
  // What a client claims is not passed on.
  const claimed = await ask(address(), "https://www.example.org/", { headers: { "x-forwarded-for": "100.64.0.9" } });
  expect((JSON.parse(claimed.body.toString()) as Echo).headers["x-forwarded-for"]).toBe("10.210.0.1");
  expect(await from(STRANGER, "www.example.org", "[2001:db8::1]")).toBe("200");
  expect((await ask(address(), "https://hook.example.org/")).status).toBe(404);
  expect((await ask(address(), "https://hook.example.org/webhook/a")).status).toBe(200);
});

test("a mesh-only route is refused from outside and served inside, over IPv4 and IPv6", async () => {
  const refused = await ask(address(), "https://private.example.org/", {
    headers: { "x-forwarded-for": "100.64.0.9" },
  });
  expect(refused).toMatchObject({ status: 403, headers: { "proxy-refusal": "mesh-only" } });
  expect(await from(STRANGER, "private.example.org", "[2001:db8::1]")).toBe("403");
  // Its own address in the mesh does not help who is not in the mesh.
  await host.sh("ip -n stranger -6 route add fd7a:115c:a1e0::/48 via 2001:db8::1");
  expect(await from(STRANGER, "private.example.org", "[fd7a:115c:a1e0::1]")).toBe("403");
  expect(await from("", "private.example.org", "127.0.0.1")).toBe("403");
  for (const to of ["100.64.0.1", "[fd7a:115c:a1e0::1]", address()]) {
    expect(await from(MEMBER, "private.example.org", to)).toBe("200");
  }
  await host.sh(
    "for net in frontend egress; do docker run -d --name on-$net --network $net quayside/hello:1.0.0 sleep 600; done >/dev/null",
  );
  expect(await from(containerOn("frontend"), "private.example.org", address())).toBe("200");
  expect(await from(containerOn("frontend"), "private.example.org", "172.20.1.1")).toBe("200");
  expect(await from(containerOn("egress"), "private.example.org", address())).toBe("403");
  expect(await from(containerOn("egress"), "private.example.org", "172.20.1.1")).toBe("403");
});

test("the mesh's interface and Docker come and go in any order, and the rule still holds", async () => {
  const check = async () => {
    for (let attempt = 0; attempt < 200 && (await from("", "www.example.org", address())) !== "200"; attempt++);
    expect((await ask(address(), "https://private.example.org/")).status).toBe(403);
    expect(await from(STRANGER, "private.example.org", "[2001:db8::1]")).toBe("403");
    expect(await from(MEMBER, "private.example.org", "100.64.0.1")).toBe("200");
    expect(await from(MEMBER, "private.example.org", "[fd7a:115c:a1e0::1]")).toBe("200");
  };
  // What tailscaled sets up when it starts after Docker: forwarded traffic of the mesh gets the address of the way out.
  await host.sh(`
    iptables -I FORWARD -i mesh0 -j MARK --set-mark 0x40000/0xff0000
    iptables -t nat -I POSTROUTING -m mark --mark 0x40000/0xff0000 -j MASQUERADE`);
  await check();
  await host.sh("systemctl restart docker");
  await check();
  await host.sh(`
    ip addr del 100.64.0.1/24 dev mesh0; ip link set mesh0 down; ip link set mesh0 up
    ip addr add 100.64.0.1/24 dev mesh0; ip addr replace fd7a:115c:a1e0::1/64 dev mesh0 nodad`);
  await check();
});

test("a token is asked for, is no part of the Caddyfile, and is not logged", async () => {
  const hook = (headers: Record<string, string>) =>
    ask(address(), "https://private.example.org/hook/a", { method: "POST", headers });
  expect(await hook({})).toMatchObject({ status: 401, headers: { "proxy-refusal": "token" } });
  for (const wrong of ["", "*", "wrong", `${TOKEN}x`])
    expect((await hook({ "X-Gitlab-Token": wrong })).status).toBe(401);
  expect((await hook({ "x-gitlab-token": TOKEN })).status).toBe(200);
  expect(await project.state()).not.toContain(TOKEN);
  const seen = await host.sh(
    "cat /opt/e2e/edge/files/etc/*/Caddyfile /opt/e2e/edge/compose.yaml /opt/e2e/data/edge/logs/access.log; docker logs edge 2>&1; docker logs edge-front 2>&1; cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
  );
  expect(seen).not.toContain(TOKEN);
  expect(await host.sh("stat -c %a /opt/e2e/edge/files/etc/caddy/tokens/*")).toBe("600\n");
});

test("security headers, compression, a limit on bodies, and a log of JSON that is rotated", async () => {
  const { headers } = await ask(address(), "https://www.example.org/");
  expect(headers).toMatchObject({
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
  });
  expect(headers["server"]).toBeUndefined();
  const large = await ask(address(), "https://www.example.org/large", { headers: { "accept-encoding": "gzip" } });
  expect(large.headers["content-encoding"]).toBe("gzip");
  expect(large.body.length).toBeLessThan(10_000);
  // A refusal may come, and the connection be closed, while the body is still being sent; it can get lost that way.
  const post = (size: number) =>
    ask(address(), "https://www.example.org/", { method: "POST", body: Buffer.alloc(size, "x"), resend: 5 });
  expect((await post(100_000)).status).toBe(200);
  expect((await post(100_001)).status).toBe(413);

  const lines = (await host.sh("cat /opt/e2e/data/edge/logs/access.log")).trim().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as { status: number; request: Record<string, unknown> });
  expect(entries.at(-1)).toMatchObject({
    status: 413,
    request: { host: "www.example.org", method: "POST", client_ip: "10.210.0.1" },
  });
  expect(await host.sh("stat -c '%a %U' /opt/e2e/data/edge/logs /opt/e2e/data/edge/logs/access.log")).toBe(
    "750 root\n640 root\n",
  );
  expect(await host.sh("docker exec edge caddy adapt --config /etc/caddy/Caddyfile")).toContain('"roll_keep":5');
});

test("a mesh-only route that answers the public fails the deployment, and says how it was seen", async () => {
  await project.program(stack({ proxy: 'meshRanges: ["100.64.0.0/10", "fd7a:115c:a1e0::/48", "10.210.0.0/16"],' }));
  const run = await project.up({ mayFail: true });
  expect(run.code).not.toBe(0);
  expect(run.output).toContain(
    `private.example.org/ from outside (${address()}): 200, but the proxy has to refuse it there`,
  );
  expect(run.output).not.toContain(TOKEN);
  await project.program(stack());
  await project.up();
});

test("a public route that does not answer fails the deployment; one that stops answering is drift", async () => {
  await host.sh("docker stop -t 0 app >/dev/null");
  const drift = await project.preview({ refresh: true });
  const probed = drift.steps.find((step) => step.name === "edge-probe");
  expect(probed?.diff).toMatchObject({
    'routes["www.example.org/"].outside': "update",
    'routes["private.example.org/"].mesh': "update",
  });
  await project.program(stack({ routes: 'publicRoute("extra.example.org", app.http),', probe: "patience: 3," }));
  const run = await project.up({ mayFail: true });
  expect(run.code).not.toBe(0);
  expect(run.output).toContain(
    `extra.example.org/ from outside (${address()}): 502: the proxy does not reach the service, but it has to be served there`,
  );
  expect(run.output).toContain("extra.example.org/ from a container (172.20.1.1): 502");
  // Errors are logged with the request: without its token.
  const logs = await host.sh("docker logs edge 2>&1; docker logs edge-front 2>&1");
  expect(logs).toContain('"uri":"/hook/quayside-probe"');
  expect(logs).not.toContain(TOKEN);
  await project.up({ refresh: true });
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

/** What both halves of the proxy say of lost requests. */
const errors = () =>
  host.sh(`for name in edge-front edge; do docker logs $name 2>&1 | grep '"level":"error"' | tail -n 5; done`);

test("reloads lose no request at 200 requests a second", async () => {
  const containers = await host.sh("docker inspect -f '{{.State.StartedAt}}' edge edge-front");
  const { lost, perSecond } = await underLoad(
    { address: address(), hostname: "www.example.org", rate: 200 },
    async () => {
      for (const routes of ['publicRoute("one.example.org", app.http),', ""]) {
        await project.program(stack({ routes }));
        const run = await project.up();
        expect(run.steps.map((step) => `${step.op} ${step.name}`)).toEqual([
          "update edge-compose",
          "update edge-probe",
        ]);
      }
    },
  );
  expect({ lost, why: lost.length > 0 ? await errors() : "" }).toEqual({ lost: [], why: "" });
  expect(perSecond).toBeGreaterThan(190);
  expect(await host.sh("docker inspect -f '{{.State.StartedAt}}' edge edge-front")).toBe(containers);
});

test("a new version of a service takes over without losing a request", async () => {
  const started = await host.sh("docker inspect -f '{{.State.StartedAt}}' app");
  const { lost, perSecond } = await underLoad(
    { address: address(), hostname: "www.example.org", rate: 50 },
    async () => {
      for (const version of ["2", "3"]) {
        await project.program(stack({ app: `env: { VERSION: "${version}" },` }));
        expect((await project.up()).steps.map((step) => `${step.op} ${step.name}`)).toContain("update app-compose");
      }
    },
  );
  expect(await host.sh("docker inspect -f '{{.State.StartedAt}}' app")).not.toBe(started);
  expect({ lost, why: lost.length > 0 ? await errors() : "" }).toEqual({ lost: [], why: "" });
  expect(perSecond).toBeGreaterThan(45);
});
