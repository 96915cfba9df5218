import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";
import { makeWebImages } from "./harness/web-image.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("networks");
  await makeWebImages(host);
});
afterAll(() => host?.remove());
beforeEach(async () => {
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterEach(async () => {
  await host.sh("docker ps -aq | xargs -r docker rm -f >/dev/null; docker network prune -f >/dev/null");
  await project.remove();
});

const network = (settings: object) =>
  `new quayside.DockerNetwork("net", { host, ...${JSON.stringify({ name: "backend", ...settings })} });`;
const inspect = (format: string) => host.sh(`docker network inspect -f '${format}' backend`);
const SUBNET = "{{(index .IPAM.Config 0).Subnet}}";

test("a network is created, left alone, seen when it is gone or another, repaired and deleted", async () => {
  const wanted = {
    subnet: "172.30.9.0/24",
    gateway: "172.30.9.1",
    internal: true,
    options: { "com.docker.network.bridge.name": "br-test" },
    labels: { "org.example.owner": "ops" },
  };
  await project.program(network(wanted));
  expect((await project.up()).steps).toMatchObject([{ op: "create", name: "net" }]);
  expect(await inspect(`{{.Driver}} {{.Internal}} ${SUBNET} {{json .Labels}}`)).toBe(
    'bridge true 172.30.9.0/24 {"org.example.owner":"ops"}\n',
  );
  expect(await host.sh("ip -br link show br-test | wc -l")).toBe("1\n");
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await host.sh("docker network rm backend; docker network create --subnet 172.30.10.0/24 backend");
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([
    { op: "update", diff: { subnet: "update", internal: "update", gateway: "update" } },
  ]);
  await project.up({ refresh: true });
  expect(await inspect(`{{.Internal}} ${SUBNET}`)).toBe("true 172.30.9.0/24\n");

  await host.sh("docker network rm backend");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([{ op: "create" }]);
  await project.up({ refresh: true });
  await project.destroy();
  expect(await host.sh("docker network ls --filter name=backend -q")).toBe("");
});

test("a network that is there already with the same settings is taken over as it is", async () => {
  await host.sh("docker network create --subnet 172.30.9.0/24 --label made.by=hand backend");
  const id = await inspect("{{.Id}}");
  await project.program(network({ subnet: "172.30.9.0/24" }));
  await project.up();
  expect(await inspect("{{.Id}}")).toBe(id);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("a change makes the network anew and puts its containers back with their aliases", async () => {
  await project.program(network({ subnet: "172.30.9.0/24" }));
  await project.up();
  await host.sh(`
    docker run -d --name runs --network backend --network-alias db test/web:1
    docker create --name stopped --network backend test/web:1`);
  await project.program(network({ subnet: "172.30.11.0/24" }));
  const run = await project.up();
  expect(run.steps).toMatchObject([{ op: "update", diff: { subnet: "update" } }]);
  expect(run.output).toContain("disconnected for a moment: ");
  expect(await host.sh("docker inspect -f '{{.NetworkSettings.Networks.backend.IPAddress}}' runs")).toMatch(
    /^172\.30\.11\./,
  );
  expect(await host.sh("docker run --rm --network backend test/web:2 wget -qO- http://db:8080/")).toBe("version 1\n");
  expect(await host.sh("docker start stopped")).toBe("stopped\n");
});

test("IPv6 that is not declared any more goes", async () => {
  const subnet = "172.30.9.0/24";
  await project.program(network({ subnet, ipv6Subnet: "fd00:9::/64" }));
  await project.up();
  expect(await inspect("{{.EnableIPv6}}")).toBe("true\n");
  await project.program(network({ subnet }));
  expect((await project.up()).steps).toMatchObject([{ op: "update", diff: { ipv6Subnet: "update" } }]);
  expect(await inspect("{{.EnableIPv6}}")).toBe("false\n");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("settings that Docker refuses leave the network and its containers as they were", async () => {
  await host.sh("docker network create --subnet 172.30.20.0/24 other");
  await project.program(network({ subnet: "172.30.9.0/24" }));
  await project.up();
  await host.sh("docker run -d --name runs --network backend --network-alias db test/web:1");
  await project.program(network({ subnet: "172.30.20.0/25" }));
  const failed = await project.up({ mayFail: true });
  expect(failed.code).not.toBe(0);
  expect(failed.output).toMatch(
    /Docker refuses the new settings of the network backend, so it was left as it was:\s+.*overlap/,
  );
  expect(await inspect(SUBNET)).toBe("172.30.9.0/24\n");
  expect(await host.sh("docker run --rm --network backend test/web:2 wget -qO- http://db:8080/")).toBe("version 1\n");
});

test("a network with containers on it is not deleted, and the error names them", async () => {
  await project.program(network({}));
  await project.up();
  await host.sh("docker run -d --name holds-on --network backend test/web:1");
  const failed = await project.destroy({ mayFail: true });
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain("the network backend is not removed, as containers are on it: holds-on (running).");
  await host.sh("docker rm -f holds-on");
  await project.destroy();
});

test("without a running Docker there is one clear error", async () => {
  await project.program(network({}));
  await host.sh("systemctl stop docker.socket docker");
  try {
    const failed = await project.up({ mayFail: true });
    expect(failed.output).toContain("Docker's daemon does not answer: ");
    expect(failed.output).toContain("`systemctl start docker` starts it");
  } finally {
    await host.sh("systemctl start docker");
  }
});
