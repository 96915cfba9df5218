import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IMAGES } from "../../components/services/images.ts";
import { ensureServiceImages, offerOfficialImages } from "../../lab/registry/publish.ts";
import { startRegistry } from "../../lab/registry/registry.ts";
import { ask } from "./harness/ask.ts";
import { component, existingServer } from "./harness/component-program.ts";
import { echoService } from "./harness/echo-service.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

await startRegistry();
const there = await offerOfficialImages([IMAGES.loki, IMAGES.alloy]);

interface Stream {
  stream: Record<string, string>;
  /** Nanoseconds since 1970, and the line. */
  values: [string, string][];
}

describe.skipIf(!there)("access logs in Loki (where Docker Hub is reached: to build the two takes too long)", () => {
  let host: TestHost;
  let project: Project;

  beforeAll(async () => {
    await ensureServiceImages();
    host = await makeHost("core");
    project = await Project.create({ host: host.connection, keyFile: host.keyFile });
    await project.program(`
import { DockerNetworks } from ${component("docker/networks.ts")};
import { Alloy } from ${component("logs/alloy.ts")};
import { Loki } from ${component("logs/loki.ts")};
import { internalCa } from ${component("proxy/acme.ts")};
import { Caddy } from ${component("proxy/caddy.ts")};
import { publicRoute } from ${component("proxy/route.ts")};
import { ExistingServer } from ${component("server/existing-server.ts")};
import { httpHealth } from ${component("services/health.ts")};
import { Service } from ${component("services/service.ts")};

const core = ${existingServer(host.connection)};
const net = new DockerNetworks("networks", { host: core, networks: {
  frontend: { subnet: "172.20.1.0/24" }, monitoring: { subnet: "172.20.3.0/24", internal: true },
} });
const app = ${echoService("app", "core", "net.frontend")};
const edge = new Caddy("edge", {
  host: core, network: net.frontend, acme: internalCa(), routes: [publicRoute("www.example.org", app.http)],
});
const loki = new Loki("loki", { host: core, networks: [net.monitoring] });
new Alloy("alloy", { host: core, networks: [net.monitoring], to: loki.http, proxies: [edge] });`);
  });
  afterAll(async () => {
    await project?.remove();
    await host?.remove();
  });

  /** Lines about requests of a path, with the labels that they have. */
  async function found(path: string): Promise<Stream[]> {
    const query = `{job="access",proxy="edge"} | json uri="request.uri" | uri="${path}" | drop uri`;
    const answer = await host.sh(
      `address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' loki)
       curl -fsS "http://$address:3100/loki/api/v1/query_range?query=${encodeURIComponent(query)}"`,
    );
    return (JSON.parse(answer) as { data: { result: Stream[] } }).data.result;
  }

  const request = (path: string) => ask(host.connection.address, `https://www.example.org${path}`);

  test("what a proxy answered is found in Loki, at the time of the request", async () => {
    await project.up();
    await request("/first");
    await expect.poll(() => found("/first"), { timeout: 60_000, interval: 1000 }).toHaveLength(1);
    const [{ stream, values } = { stream: {}, values: [] }] = await found("/first");
    expect(stream).toMatchObject({ host: "core", job: "access", proxy: "edge" });
    const [[time = "", line = ""] = []] = values;
    const entry = JSON.parse(line) as { ts: number; status: number; request: { host: string } };
    expect(entry).toMatchObject({ status: 200, request: { host: "www.example.org" } });
    expect(Math.abs(Number(time) / 1e9 - entry.ts)).toBeLessThan(0.001);
  });

  test("what happened while Loki and Alloy were away comes afterwards, once", async () => {
    await host.sh("docker stop loki alloy");
    await request("/meanwhile");
    await host.sh("docker start loki alloy");
    await expect.poll(() => found("/meanwhile").catch(() => []), { timeout: 120_000, interval: 1000 }).toHaveLength(1);
    expect((await found("/first")).flatMap(({ values }) => values)).toHaveLength(1);
  });

  test("then nothing is left to do", async () => {
    expect((await project.up({ refresh: true })).steps).toEqual([]);
  });
});
