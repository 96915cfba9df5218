import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MeshReleases } from "../../components/mesh/releases.ts";
import { ensureMeshReleases } from "../../lab/mesh/releases.ts";
import { ensureServiceImages } from "../../lab/registry/publish.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { ask } from "./harness/ask.ts";
import { digestOf, type Echo, echoService } from "./harness/echo-service.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { meshProgram } from "./harness/mesh.ts";
import { Project } from "./harness/project.ts";

const PRIVATE = "private.example.test";

let releases: MeshReleases;
let hub: TestHost;
let core: TestHost;
let project: Project;

beforeAll(async () => {
  await startRegistry();
  await ensureServiceImages();
  releases = await ensureMeshReleases();
  [hub, core] = await Promise.all([makeHost("hub"), makeHost("core")]);
  await core.sh(`echo '${hub.publicKey}' >>/root/.ssh/authorized_keys`);
  project = await Project.create({ host: hub.connection, keyFile: hub.keyFile });
  for (const host of [hub, core]) {
    // Public DNS and IPv6, which the lab's network has not.
    await host.sh(`echo '${hub.connection.address} vpn.example.test' >>/etc/hosts
      sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0`);
  }
  await core.sh(`
    ip netns add stranger; ip link add public6 type veth peer name eth0 netns stranger; ip link set public6 up
    ip -n stranger link set lo up; ip -n stranger link set eth0 up
    ip addr add 2001:db8::1/64 dev public6 nodad; ip -n stranger addr add 2001:db8::9/64 dev eth0 nodad
    ip -n stranger -6 route add fd7a:115c:a1e0::/48 via 2001:db8::1`);
}, 600_000);
afterAll(async () => {
  await project?.remove();
  await Promise.all([hub, core].map((host) => host?.remove()));
});

/** A hub behind its own proxy, which relays webhooks to core, and core's proxy with a route for the mesh only. */
function stack({ authority, joined }: { authority?: string; joined: boolean }): string {
  return meshProgram(
    { hub: hub.connection, core: core.connection },
    releases,
    `
    const hubNet = new DockerNetworks("hub-networks", { host: hub, networks: { frontend: { subnet: "172.20.1.0/24" } } });
    const coreNet = new DockerNetworks("core-networks", { host: core, networks: { frontend: { subnet: "172.20.1.0/24" } } });
    const routes = [meshOnly("${PRIVATE}", ${echoService("app", "core", "coreNet.frontend")}.http)];
    const ssh = { port: 22, from: ["10.210.0.1"] };
    const tls = behindProxy(hubNet.frontend, { authority: ${JSON.stringify(authority)} });
    new Firewall("hub-firewall", { host: hub.connection, rules: { ssh, ...web, ...meshHubOpenings(tls) } });
    new Firewall("core-firewall", { host: core.connection, rules: { ssh, ...web, ...meshMemberOpenings } });
    const mesh = new Mesh("mesh", {
      hub, releases, domain: "mesh.test", hostname: "vpn.example.test", tls,
      members: ${joined ? `{ hub: { host: hub, tag: "hub" }, core: { host: core, tag: "core" } }` : "{}"},
      rules: ${joined ? `[allow(tag("hub"), tag("core"), tcp(443))]` : "[]"},
      records: ${joined ? `meshRecords(routes, "core")` : "{}"},
    });
    new Caddy("hub-edge", {
      host: hub, network: hubNet.frontend, acme: internalCa(), probe: false,
      routes: [
        publicRoute("vpn.example.test", mesh.http),
        relay("hook.example.test", { meshAddress: "core.mesh.test", hostname: "${PRIVATE}", certificate: "mesh" }, { paths: ["/webhook/*"] }),
      ],
    });
    new Caddy("edge", {
      host: core, network: coreNet.frontend, acme: internalCa(), routes,
      ${joined ? "probe: { meshAddress: mesh.memberAddress(core), members: [core, hub] }," : ""}
    });`,
  );
}

let inMesh: { core: string[]; hub: string[] };

/** What a GET of the private route says: its status, or the address that the service was told. */
async function asked(host: TestHost, to: string, from = ""): Promise<string> {
  const shown = to.includes(":") ? `[${to}]` : to;
  const output = await host.sh(
    `${from} curl -sk -m 10 -w '\\n%{http_code}' --resolve ${PRIVATE}:443:${shown} https://${PRIVATE}/ || true`,
  );
  const [body = "", status = ""] = output.split(/\n(?=\d+$)/);
  return status === "200" ? ((JSON.parse(body) as Echo).headers["x-forwarded-for"] ?? "") : status;
}

/** Refused outside, over IPv4 and IPv6, also where the host's own address in the mesh is asked; served inside. */
async function aclHolds(): Promise<void> {
  const [four = "", six = ""] = inMesh.core;
  const [hubFour, hubSix] = inMesh.hub;
  const seen = async () => ({
    outside: (await ask(core.connection.address, `https://${PRIVATE}/`)).status,
    outside6: await asked(core, "2001:db8::1", "ip netns exec stranger"),
    stranger: await asked(core, six, "ip netns exec stranger"),
    container: await asked(
      core,
      core.connection.address,
      "nsenter -t $(docker inspect -f '{{.State.Pid}}' elsewhere) -n",
    ),
    inside: await asked(hub, four),
    inside6: await asked(hub, six),
  });
  const wanted = { outside: 403, outside6: "403", stranger: "403", container: "403", inside: hubFour, inside6: hubSix };
  // Peers find each other anew after a restart; who is to be refused is never served meanwhile.
  const served: string[] = [];
  const look = async () => {
    const now = await seen();
    for (const [who, answer] of Object.entries(now)) {
      if (!who.startsWith("inside") && !["403", "000", "502"].includes(String(answer)))
        served.push(`${who}: ${answer}`);
    }
    return now;
  };
  await expect.poll(look, { timeout: 60_000, interval: 500 }).toEqual(wanted);
  expect(served).toEqual([]);
}

test("a hub behind its own proxy, members that join through it, and a route for the mesh only", async () => {
  await project.program(stack({ joined: false }));
  await project.up();
  const authority = await hub.sh("cat /opt/e2e/data/hub-edge/data/caddy/pki/authorities/local/root.crt");
  await project.program(stack({ authority, joined: true }));
  const run = await project.up();
  expect(run.steps.map(({ name }) => name)).toContain("edge-probe-from-hub");
  expect((await project.up()).steps).toEqual([]);
  const addresses = async (host: TestHost) => (await host.sh("tailscale ip")).trim().split("\n");
  inMesh = { core: await addresses(core), hub: await addresses(hub) };
  await core.sh(
    "docker network create elsewhere >/dev/null; docker run -d --name elsewhere --network elsewhere quayside/hello:1.0.0 sleep 3600 >/dev/null",
  );
  await aclHolds();
  expect(await hub.sh(`curl -sk https://${PRIVATE}/ | grep -c '"method"'`)).toBe("1\n");
});

test("Tailscale started after Docker, Docker started after Tailscale: the rule still holds", async () => {
  await core.sh("systemctl restart tailscaled");
  await aclHolds();
  await core.sh("systemctl restart docker && docker start elsewhere >/dev/null");
  await aclHolds();
});

test("a webhook's body reaches core unchanged over the mesh, on the declared paths only", async () => {
  const body = Buffer.concat([Buffer.from('{"a" : "\\u00e9\r\n" }\0'), randomBytes(300_000)]);
  const signature = `sha256=${createHmac("sha256", "shared").update(body).digest("hex")}`;
  const send = (path: string) =>
    ask(hub.connection.address, `https://hook.example.test${path}`, {
      method: "POST",
      headers: { "x-hub-signature-256": signature },
      body,
      resend: 5,
    });
  const answer = await send("/webhook/meta?hub.mode=a%20b");
  expect(answer.status).toBe(200);
  const echo = JSON.parse(answer.body.toString()) as Echo;
  expect(echo).toMatchObject({ method: "POST", path: "/webhook/meta?hub.mode=a%20b", length: body.length });
  expect(echo.sha256).toBe(digestOf(body));
  expect(echo.headers["x-hub-signature-256"]).toBe(signature);
  expect(await send("/rest/login")).toMatchObject({ status: 404, headers: { "proxy-refusal": "no-route" } });
});

test("members that have not come back yet from a restart of the hub are no drift", async () => {
  await hub.sh("systemctl restart headscale");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a hub whose Headscale was stopped is drift of its service alone, and repaired", async () => {
  await hub.sh("systemctl stop headscale");
  const drift = await project.preview({ refresh: true });
  expect(drift.steps.map(({ op, name }) => `${op} ${name}`)).toEqual(["update mesh-service"]);
  expect(drift.output).toContain("Headscale does not run on hub");
  await project.up({ refresh: true });
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});
