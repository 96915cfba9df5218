import { createServer, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";
import { reaches } from "./harness/reach.ts";
import { makeTinyImage } from "./harness/tiny-image.ts";

const WEB = 8081;
const CLOSED = 8082;

let host: TestHost;
let project: Project;
/** Something outside of the host that containers may call. */
let outside: Server;

beforeAll(async () => {
  host = await makeHost("firewall");
  // Docker finds out when it starts whether there is IPv6 to publish on.
  await host.sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=0; systemctl restart docker");
  await makeTinyImage(host);
  await host.sh(`docker network create inner >/dev/null
    docker run -d --restart always --name web --network inner -p ${WEB}:8080 tiny >/dev/null
    docker run -d --restart always --name closed --network inner -p ${CLOSED}:8080 tiny >/dev/null`);
  outside = createServer((socket) => socket.end("outside")).listen(0, "0.0.0.0");
});
afterAll(async () => {
  outside?.close();
  await host?.remove();
});
beforeEach(async () => {
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterEach(() => project.remove());

const firewall = (rules = `ssh: { port: 22 }, web: { port: ${WEB} }`, more = "") =>
  `new quayside.Firewall("firewall", { host, rules: { ${rules} }, ${more} });`;

/** Connects from a container of the host; what it hears, or why not. */
const fromContainer = (address: string, port: number) =>
  host.sh(`docker run --rm --network inner tiny /usr/bin/perl -e '
    use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => 3);
    print $s ? <$s> : "no answer"'`);
const gateway = () => host.sh("ip route show default | cut -d' ' -f3").then((line) => line.trim());
const addressOf = (container: string) =>
  host
    .sh(`docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' ${container}`)
    .then((line) => line.trim());

async function expectGuarded() {
  expect(await reaches(host.connection.address, 22)).toBe(true);
  await expect.poll(() => reaches(host.connection.address, WEB), { timeout: 20_000 }).toBe(true);
  expect(await reaches(host.connection.address, CLOSED)).toBe(false);
}

test("published ports are closed unless a rule opens them, and containers go on talking", async () => {
  expect(await reaches(host.connection.address, CLOSED)).toBe(true);
  await project.program(firewall());
  expect((await project.up()).steps).toMatchObject([{ op: "create", name: "firewall" }]);
  await expectGuarded();

  const port = (outside.address() as { port: number }).port;
  expect(await fromContainer(await gateway(), port)).toBe("outside");
  expect(await fromContainer(await addressOf("closed"), 8080)).toBe("hello");
  expect((await project.up()).steps).toEqual([]);

  // Neither Docker nor UFW takes the guard away, nor does a boot, which starts without any rule.
  await host.sh("systemctl reset-failed docker; systemctl restart docker; ufw reload");
  await expectGuarded();
  await host.sh(`systemctl stop docker.socket docker ufw quayside-container-ports
    for ip in iptables ip6tables; do
      $ip -P INPUT ACCEPT; $ip -P FORWARD ACCEPT; $ip -F; $ip -X; $ip -t nat -F; $ip -t nat -X
    done
    systemctl reset-failed docker
    systemctl start ufw quayside-container-ports docker`);
  await expectGuarded();
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("IPv6 is filtered alike", async () => {
  await project.program(firewall());
  await project.up();
  await host.sh(`ip netns add out; ip link add v6 type veth peer name peer netns out
    ip netns exec out sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.peer.disable_ipv6=0
    ip addr add fd00:9::1/64 dev v6 nodad; ip link set v6 up
    ip -n out addr add fd00:9::2/64 dev peer nodad; ip -n out link set peer up`);
  const connects = (port: number) =>
    host
      .sh(
        `ip netns exec out python3 -c 'import socket; socket.create_connection(("fd00:9::1", ${port}), 2)' 2>/dev/null && echo yes || echo no`,
      )
      .then((line) => line.trim());
  try {
    expect({ ssh: await connects(22), web: await connects(WEB), closed: await connects(CLOSED) }).toEqual({
      ssh: "yes",
      web: "yes",
      closed: "no",
    });
    await project.program(
      firewall(`ssh: { port: 22 }, web: { port: ${WEB} }, v6: { port: ${CLOSED}, from: "fd00:9::/64" }`),
    );
    await project.up();
    expect(await connects(CLOSED)).toBe("yes");
    expect(await reaches(host.connection.address, CLOSED)).toBe(false);
  } finally {
    await host.sh("ip link del v6; ip netns del out");
  }
});

test("every rule that was put in by hand is listed, and taken away by a repair", async () => {
  await project.program(firewall());
  await project.up();
  await host.sh(`ufw allow 1234/tcp >/dev/null
    iptables -I INPUT -p tcp --dport 1235 -j ACCEPT
    iptables -I DOCKER-USER -p tcp -j ACCEPT
    ip6tables -F quayside-ports
    ip6tables -D ufw6-user-input -p tcp --dport ${WEB} -j ACCEPT`);
  expect(await reaches(host.connection.address, CLOSED)).toBe(true);

  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([{ op: "update", name: "firewall" }]);
  expect(drift.steps[0]?.diff).toEqual({
    containers: "update",
    "rules.web": "add",
    'rules["not declared: ufw allow 1234/tcp"]': "delete",
    'rules["not declared: iptables -A INPUT -p tcp -m tcp --dport 1235 -j ACCEPT"]': "delete",
    'rules["not declared: iptables -A DOCKER-USER -p tcp -j ACCEPT"]': "delete",
  });

  // However often it was read into the state before.
  await project.refresh();
  await project.refresh();
  expect((await project.preview({ refresh: true })).steps).toEqual(drift.steps);

  await project.up({ refresh: true });
  await expectGuarded();
  expect(await host.sh("ufw status; iptables-save; ip6tables-save")).not.toMatch(/123[45]/);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await host.sh("ufw disable; iptables -P INPUT ACCEPT");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([
    { op: "update", diff: { enabled: "update" } },
  ]);
  await project.up({ refresh: true });
  expect(await host.sh("ufw status verbose")).toContain("deny (incoming), allow (outgoing), deny (routed)");
});

test("a firewall that is as declared is adopted untouched, changed in place, and goes away", async () => {
  await project.program(firewall());
  await project.up();
  const stamp = "stat -c %Y.%i /etc/ufw/user.rules /etc/ufw/user6.rules /etc/quayside/firewall/ports.v4";
  const before = await host.sh(stamp);
  const adopting = await Project.create({ host: host.connection, keyFile: host.keyFile });
  try {
    await adopting.program(firewall());
    await adopting.up();
    expect(await host.sh(stamp)).toBe(before);
    await adopting.program(
      firewall(`ssh: { port: 22 }, many: { port: "8000:8090", protocol: "any" }`, `logging: "medium"`),
    );
    await adopting.up();
    expect(await reaches(host.connection.address, CLOSED)).toBe(true);
    // UFW reads back what we wrote, and writes the same: nothing is lost in its own next change.
    await host.sh("ufw logging low >/dev/null; ufw logging medium >/dev/null");
    expect((await adopting.preview({ refresh: true })).steps).toEqual([]);
    await adopting.destroy();
  } finally {
    await adopting.remove();
  }
  expect(await host.sh("ufw status; iptables-save; ls /etc/quayside 2>&1 || :")).toMatch(/Status: inactive/);
  expect(await host.sh("iptables-save; ip6tables-save; systemctl list-unit-files 'quayside-[cr]*' || :")).not.toMatch(
    /quayside-[cpr]/,
  );
  expect(await reaches(host.connection.address, CLOSED)).toBe(true);
});

test("a rule set that nobody could come in through is refused with every other fault, and touches no host", async () => {
  await project.program(firewall(`web: { port: 443 }, odd: { port: "70000", from: ["10.0.0.0/33"] }, all: {}`));
  const { output } = await project.up({ mayFail: true });
  expect(output).toContain("rules.odd.port");
  expect(output).toContain("rules.odd.from");
  expect(output).toContain("rules.all");
  await project.program(firewall("web: { port: 443 }"));
  const refused = await project.preview({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("no rule lets SSH in on port 22");
});
