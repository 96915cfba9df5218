import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { joinLine, notesFor } from "../../cli/mesh.ts";
import { deployedMeshes } from "../../cli/mesh-state.ts";
import type { MeshReleases } from "../../components/mesh/releases.ts";
import { ensureMeshReleases } from "../../lab/mesh/releases.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { ConnectionPool } from "../../provider/transport/pool.ts";
import { Sessions } from "../../provider/transport/session.ts";
import { watchArguments } from "./harness/argv-watch.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { listen, meshProgram, tryAll } from "./harness/mesh.ts";
import { Project } from "./harness/project.ts";

const PORTS = [80, 443, 804, 6005, 8080, 9999];
/** Every key for joining begins like this. */
const KEY = "hskey-auth";

let releases: MeshReleases;
let hosts: { hub: TestHost; core: TestHost; app: TestHost };
let project: Project;
let commandLines: { stop(): string[] };

beforeAll(async () => {
  await startRegistry();
  releases = await ensureMeshReleases();
  const [hub, core, app] = await Promise.all([makeHost("hub"), makeHost("core"), makeHost("app")]);
  hosts = { hub, core, app };
  // One key for all three, as a deployer has.
  await Promise.all([core, app].map((host) => host.sh(`echo '${hub.publicKey}' >>/root/.ssh/authorized_keys`)));
  project = await Project.create({ host: hub.connection, keyFile: hub.keyFile });
  const six = "sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0";
  await Promise.all(Object.values(hosts).map((host) => host.sh(six)));
  await Promise.all(Object.values(hosts).map((host) => listen(host, PORTS)));
  commandLines = watchArguments([KEY]);
}, 600_000);
afterAll(async () => {
  await project?.remove();
  await Promise.all(Object.values(hosts ?? {}).map((host) => host.remove()));
});

const RULES = `
  allow(tag("hub"), tag("core"), tcp(804, 8080)),
  allow(tag("app"), tag("core"), tcp(443, "6000-6010")),
  allow(group("admins"), [tag("core"), tag("app")], tcp(22)),
`;

function mesh({ rules = RULES, members = "", app = 'app: { host: app, tag: "app" },', more = "" } = {}): string {
  const connections = Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, host.connection]));
  return meshProgram(
    connections,
    releases,
    `const mesh = new Mesh("mesh", {
      hub, releases, domain: "mesh.test", tls: internalAuthority(),
      members: { hub: { host: hub, tag: "hub" }, core: { host: core, tag: "core" }, ${app} ${members} },
      groups: { admins: ["alice", "bob@example.org"] },
      rules: [${rules}],
      records: { "n8n.example.test": "core" },
    });
    export const addresses = { hub: mesh.memberAddress(hub), core: mesh.memberAddress("core") };
    ${more}`,
  );
}

const nodes = async (): Promise<{ id: number; given_name: string; ip_addresses: string[]; tags: string[] }[]> =>
  JSON.parse(await hosts.hub.sh("headscale nodes list -o json"));

async function addressesOf(name: string): Promise<string[]> {
  return (await nodes()).find((node) => node.given_name === name)?.ip_addresses ?? [];
}

/** What each member reaches of the others, by trying: `hub>core 8080`; with IPv4 and IPv6, which have to agree. */
async function reached(): Promise<string[]> {
  const all = await nodes();
  const name = new Map(all.flatMap((node) => node.ip_addresses.map((address) => [address, node.given_name])));
  const results = await Promise.all(
    Object.entries(hosts).map(async ([from, host]) => {
      const targets = all
        .filter((node) => node.given_name !== from)
        .flatMap(({ ip_addresses }) => ip_addresses.flatMap((ip) => [22, ...PORTS].map((port) => `${ip} ${port}`)));
      const open = await tryAll(host, targets);
      return open.map((target) => {
        const [address = "", port] = target.split(" ");
        return `${from}>${name.get(address)} ${port} ${address.includes(":") ? "IPv6" : "IPv4"}`;
      });
    }),
  );
  return results.flat().sort();
}

/** Peers that have just changed their keys take some seconds to find each other; what is there then is compared whole. */
async function expectReached(...pairs: string[]): Promise<void> {
  const both = pairs.flatMap((pair) => [`${pair} IPv4`, `${pair} IPv6`]).sort();
  await expect.poll(reached, { timeout: 40_000, interval: 500 }).toEqual(both);
}

test("from nothing: three hosts join, and exactly the declared pairs and ports connect", async () => {
  await project.program(mesh());
  const run = await project.up();
  expect(run.steps.filter(({ op }) => op === "create").map(({ name }) => name)).toContain("mesh-core-membership");
  expect((await nodes()).map(({ given_name, tags }) => [given_name, tags]).sort()).toEqual([
    ["app", ["tag:app"]],
    ["core", ["tag:core"]],
    ["hub", ["tag:hub"]],
  ]);
  await expectReached("app>core 443", "app>core 6005", "hub>core 804", "hub>core 8080");
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("names of the mesh and names that only it resolves lead to members", async () => {
  const [address] = await addressesOf("core");
  for (const name of ["core.mesh.test", "n8n.example.test"]) {
    expect((await hosts.hub.sh(`getent ahostsv4 ${name} | head -n 1`)).split(" ")[0]).toBe(address);
  }
});

test("an expired, a logged-out and a stopped member are seen, and back with their addresses after a repair", async () => {
  const before = (await nodes()).map(({ given_name, ip_addresses }) => [given_name, ip_addresses]).sort();
  const id = async (name: string) => (await nodes()).find((node) => node.given_name === name)?.id;
  await hosts.hub.sh(`headscale nodes expire -i ${await id("core")} >/dev/null`);
  await hosts.app.sh("tailscale logout");
  await hosts.hub.sh("tailscale down");
  const drift = await project.preview({ refresh: true });
  expect(Object.fromEntries(drift.steps.map(({ name, op, diff }) => [name, [op, Object.keys(diff)]]))).toEqual({
    "mesh-hub-membership": ["update", ["status"]],
    "mesh-core-membership": ["update", ["status"]],
    "mesh-app-membership": ["create", []],
  });
  await project.up({ refresh: true });
  expect((await nodes()).map(({ given_name, ip_addresses }) => [given_name, ip_addresses]).sort()).toEqual(before);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("what a hand changed on the hub is seen and repaired: nodes removed, retagged, renamed, a policy opened", async () => {
  const id = async (name: string) => (await nodes()).find((node) => node.given_name === name)?.id;
  await hosts.hub.sh(`headscale nodes delete -i ${await id("app")} --force >/dev/null
    headscale nodes tag -i ${await id("core")} -t tag:hub >/dev/null; headscale nodes rename -i ${await id("core")} x >/dev/null
    echo '{"acls":[{"action":"accept","src":["*"],"dst":["*:*"]}]}' >/tmp/open; headscale policy set -f /tmp/open >/dev/null`);
  const drift = await project.preview({ refresh: true });
  const seen = Object.fromEntries(drift.steps.map(({ name, op, diff }) => [name, [op, Object.keys(diff).sort()]]));
  expect(Object.keys(seen).sort()).toEqual(["mesh-app-membership", "mesh-core-membership", "mesh-policy"]);
  expect(seen["mesh-app-membership"]).toEqual(["create", []]);
  expect(seen["mesh-core-membership"]).toEqual(["update", ["node", "tags[0]"]]);
  await project.up({ refresh: true });
  expect((await nodes()).map(({ given_name, tags }) => `${given_name} ${tags}`).sort()).toEqual([
    "app tag:app",
    "core tag:core",
    "hub tag:hub",
  ]);
  await expectReached("app>core 443", "app>core 6005", "hub>core 804", "hub>core 8080");
});

test("a policy that breaks its tests is refused whole", async () => {
  const stored = JSON.parse(await hosts.hub.sh("headscale policy get"));
  expect(stored.tests.length).toBeGreaterThan(2);
  const broken = `transform: { policy: (args) => { args.policy = { ...args.policy, acls: [] }; } }`;
  await project.program(mesh().replace("records:", `${broken}, records:`));
  const refused = await project.up({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("Headscale refuses the policy, and the one before stays in force");
  expect(refused.output).toContain("tag:hub -> tag:core:8080 (tcp): expected ALLOWED, got DENIED");
  expect(JSON.parse(await hosts.hub.sh("headscale policy get"))).toEqual(stored);
});

test("other rules count at once; a network and a way to the internet are offered and approved", async () => {
  await hosts.app.sh("ip address add 10.99.0.1/24 dev docker0");
  const app = `app: { host: app, tag: "app", routes: ["10.99.0.0/24"], exitNode: true },`;
  await project.program(
    mesh({
      app,
      rules: `allow(tag("core"), tag("app"), tcp(9999)), allow(tag("core"), network("10.99.0.0/24"), tcp(8080)), allow(tag("core"), internet, tcp(443))`,
    }).replace('core: { host: core, tag: "core" }', 'core: { host: core, tag: "core", acceptRoutes: true }'),
  );
  await project.up();
  await expectReached("core>app 9999");
  expect(await tryAll(hosts.core, ["10.99.0.1 8080", "10.99.0.1 9999"])).toEqual(["10.99.0.1 8080"]);
  const routes = JSON.parse(await hosts.hub.sh("headscale nodes list -o json")) as { approved_routes?: string[] }[];
  expect(routes.flatMap((node) => node.approved_routes ?? []).sort()).toEqual(["0.0.0.0/0", "10.99.0.0/24", "::/0"]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("the backup holds the database and the keys", async () => {
  await hosts.hub.sh("systemctl start headscale-backup.service");
  const names = await hosts.hub.sh(`tar -xzf /var/backups/headscale/headscale-*.tar.gz -C /mnt && ls /mnt
    python3 -c 'import sqlite3; print(sqlite3.connect("/mnt/db.sqlite").execute("select count(*) from nodes").fetchone()[0])'`);
  expect(names).toBe("db.sqlite\nderp_server_private.key\nnoise_private.key\n3\n");
  expect(await hosts.hub.sh("stat -c %a /var/backups/headscale /var/backups/headscale/*.gz")).toBe("700\n600\n");
});

test("a member that is not declared any more is logged out and forgotten; no key was left anywhere", async () => {
  await project.program(mesh({ app: "", rules: `allow(tag("hub"), tag("core"), tcp(804))` }));
  await project.up();
  expect((await nodes()).map(({ given_name }) => given_name).sort()).toEqual(["core", "hub"]);
  expect(
    await hosts.app.sh("ls /usr/local/bin/tailscale* /etc/systemd/system/tailscaled.service 2>/dev/null || :"),
  ).toBe("");

  expect(commandLines.stop()).toEqual([]);
  expect(await project.state()).not.toContain(KEY);
  for (const host of Object.values(hosts)) {
    expect(
      await host.sh(
        `journalctl --no-pager | grep -c ${KEY} || :; ls /run/quayside-join* /run/quayside-policy* 2>/dev/null || :`,
      ),
    ).toBe("0\n");
  }
  const keys = JSON.parse(await hosts.hub.sh("headscale preauthkeys list -o json")) as Record<string, unknown>[];
  expect(keys.length).toBeGreaterThan(3);
  for (const key of keys) expect(key).toMatchObject({ used: true, acl_tags: [expect.stringMatching(/^tag:/)] });
  expect(keys.some((key) => key.reusable)).toBe(false);
});

test("a person's device joins by the printed line, and may do what the person's groups may", async () => {
  await project.program(mesh({ app: "", rules: `allow(group("admins"), tag("core"), tcp(22))` }));
  await project.up();
  const [deployed] = deployedMeshes(
    JSON.stringify({ deployment: JSON.parse(await project.state()).checkpoint.latest }),
  );
  if (!deployed) throw new Error("the state has no mesh");
  expect(notesFor(deployed, "bob@example.org", "1h").join("\n")).toMatch(/group:admins may[\s\S]*BEGIN CERTIFICATE/);
  const pool = new ConnectionPool();
  pool.settings = { privateKey: readFileSync(hosts.hub.keyFile, "utf8") };
  try {
    const display = { progress: () => {}, warn: () => {} };
    const line = await joinLine(new Sessions(pool).open(deployed.hub, [], display), deployed, "bob@example.org", "1h");
    await hosts.app.sh(`curl -s ${releases.tailscale.url} | tar -x -C /usr/local/bin --strip-components=1
      echo '${deployed.authority}' >/usr/local/share/ca-certificates/mesh.crt; update-ca-certificates >/dev/null 2>&1
      mkdir -p /run/tailscale
      systemd-run --quiet --unit device tailscaled --state=mem: --socket=/run/tailscale/tailscaled.sock
      until tailscale status --json >/dev/null 2>&1; do sleep 0.1; done
      ${line} --hostname app`);
  } finally {
    await pool.close();
  }
  await expectReached("app>core 22");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await project.destroy();
  expect(await hosts.hub.sh("systemctl is-active headscale tailscaled || :")).toBe("inactive\ninactive\n");
  expect(await hosts.hub.sh("ls /var/lib/headscale/db.sqlite")).toContain("db.sqlite");
});
