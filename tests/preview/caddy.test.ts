import { describe, expect, test } from "vitest";
import { DockerNetworks } from "../../components/docker/networks.ts";
import { http01, internalCa } from "../../components/proxy/acme.ts";
import { Caddy } from "../../components/proxy/caddy.ts";
import { meshOnly, publicRoute, webhook } from "../../components/proxy/route.ts";
import { httpHealth } from "../../components/services/health.ts";
import { Service } from "../../components/services/service.ts";
import { faultsOf, recordResources, resourcesOf, server } from "./mocks.ts";

recordResources();

function platform(name = "core") {
  const host = server(name);
  const net = new DockerNetworks(`${name}-networks`, {
    host,
    networks: {
      frontend: { subnet: "172.20.1.0/24" },
      backend: { subnet: "172.20.2.0/24", internal: true },
      egress: { subnet: "172.20.4.0/24" },
    },
  });
  const image = { host, image: "acme/app:1.0.0", health: httpHealth(80), http: 80 };
  const website = new Service(`${name}-website`, { ...image, networks: [net.frontend] });
  const n8n = new Service(`${name}-n8n`, { ...image, networks: [net.backend, net.egress], http: 5678 });
  return { host, net, website, n8n };
}

describe("Caddy", () => {
  test("is the owner of the public ports and reaches every target", async () => {
    let host: ReturnType<typeof platform>["host"] | undefined;
    const resources = await resourcesOf(() => {
      const { net, website, n8n, ...rest } = platform();
      host = rest.host;
      const edge = new Caddy("edge", {
        host,
        network: net.frontend,
        acme: http01({ email: "ops@example.org" }),
        routes: [publicRoute("www.example.org", website.http), meshOnly("n8n.example.org", n8n.http)],
      });
      expect(edge.urls).toEqual(["https://www.example.org", "https://n8n.example.org"]);
    });
    const { inputs } = resources["edge-compose"] ?? {};
    expect(inputs.compose.services.edge).toMatchObject({
      image: "caddy:2.11.9",
      networks: ["frontend", "backend"],
      cap_add: ["NET_BIND_SERVICE"],
      read_only: true,
      volumes: ["/opt/acme/data/edge/logs:/var/log/caddy", "./files/etc/caddy:/etc/caddy:ro", "socket:/run/front"],
    });
    const front = inputs.compose.services["edge-front"];
    expect(front).toMatchObject({
      network_mode: "host",
      volumes: [
        "/opt/acme/data/edge/data:/data",
        "/opt/acme/data/edge/config:/config",
        "./files/etc/front:/etc/front:ro",
        "socket:/run/front",
      ],
    });
    expect(front.networks ?? front.ports ?? inputs.compose.services.edge.ports).toBeUndefined();
    expect(inputs.reload).toEqual({
      edge: { command: ["caddy", "reload", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"] },
      "edge-front": { command: ["caddy", "reload", "--config", "/etc/front/Caddyfile", "--adapter", "caddyfile"] },
    });
    const probe = resources["edge-probe"]?.inputs;
    expect(probe).toMatchObject({
      addresses: { outside: ["203.0.113.10"], container: ["172.20.1.1"] },
      container: "edge",
      trust: "system",
      routes: {
        "www.example.org/": { hostname: "www.example.org", path: "/", outside: "served", container: "served" },
        "n8n.example.org/": { hostname: "n8n.example.org", path: "/", outside: "refused", container: "served" },
      },
    });
    const caddyfile = inputs.files["files/etc/caddy/Caddyfile"].content;
    expect(caddyfile).toContain("reverse_proxy core-website:80");
    expect(caddyfile).toContain("reverse_proxy core-n8n:5678");
    // The host's own address in the frontend network stands for anybody whose address was translated.
    expect(caddyfile).toContain(
      "\t\t\t\tclient_ip 100.64.0.0/10 fd7a:115c:a1e0::/48 172.20.1.0/24\n\t\t\t\tnot client_ip 172.20.1.1\n",
    );
    expect(host?.facilities.proxy).toEqual({
      name: "edge",
      needs: [
        { port: "80/tcp", by: "everybody" },
        { port: "443/tcp", by: "everybody" },
      ],
    });
    expect([...(host?.facilities.publishedPorts ?? [])]).toEqual([
      ["80/tcp", "edge"],
      ["443/tcp", "edge"],
      ["443/udp", "edge"],
    ]);
  });

  test("offers HTTP/3 where the firewall lets it in", async () => {
    let host: ReturnType<typeof platform>["host"] | undefined;
    const resources = await resourcesOf(() => {
      const { net, ...rest } = platform();
      host = rest.host;
      host.facilities.openings = { tcp: { port: "80:443" }, http3: { port: 443, protocol: "udp", action: "deny" } };
      new Caddy("edge", { host, network: net.frontend, acme: internalCa(), routes: [] });
    });
    const { inputs } = resources["edge-compose"] ?? {};
    expect([...(host?.facilities.publishedPorts ?? [])].map(([port]) => port)).toEqual(["80/tcp", "443/tcp"]);
    expect(inputs.files["files/etc/front/Caddyfile"].content).toContain("protocols h1 h2\n");
  });

  test("every fault at once", () => {
    const { host, net, website, n8n } = platform();
    const elsewhere = platform("hub");
    host.facilities.openings = { ssh: { port: 22 }, http: { port: 80 }, https: { port: 443, from: ["100.64.0.0/10"] } };
    const faults = faultsOf(
      () =>
        new Caddy("edge", {
          host,
          network: net.backend,
          acme: http01({ email: "ops" }),
          image: "caddy:latest",
          maxBody: "ten",
          meshRanges: ["100.64.0.0"],
          http3: true,
          routes: [
            publicRoute("www.example.org", website.http),
            meshOnly("www.example.org", n8n.http),
            webhook("n8n.example.org", n8n.http, { paths: ["/webhook/*", "hook"] }),
            webhook("n8n.example.org", n8n.http, { paths: ["/webhook/*"], maxBody: "1" }),
            webhook("hook.example.org", n8n.http, { paths: [] }),
            publicRoute("https://Example.org", website.http),
            publicRoute("hub.example.org", elsewhere.website.http),
          ],
        }),
    );
    expect(faults).toEqual([
      "routes[1] is for www.example.org, every path, as routes[0] is; one of the two would never be used",
      'routes[2].paths[1] is "hook"; a path such as /webhook/* is needed',
      'routes[3].maxBody is "1"; a size such as 10MB is needed',
      "routes[3] is for n8n.example.org/webhook/*, as routes[2] is; one of the two would never be used",
      "routes[4].paths is empty; leave it out for every path",
      'routes[5].hostname is "https://Example.org"; a hostname such as n8n.example.org is needed',
      'routes[6].target is service "hub-website" on hub, but the proxy is on core; relay() leads to other hosts',
      'meshRanges[0] is "100.64.0.0"; a range such as 100.64.0.0/10 is needed',
      'maxBody is "ten"; a size such as 10MB is needed',
      "network is backend, an internal network; its containers would reach nothing but the proxy",
      "host is core, whose firewall does not let everybody in to 443/tcp, 443/udp; open it in its Hardening",
      'acme.email is "ops"; an e-mail address is needed',
      'image is "caddy:latest", another version every day; name the tag that was tested, such as caddy:1.2.0',
      "networks[2] is network frontend of hub, but the service is on core",
    ]);
  });

  test("a host has one proxy", () => {
    const { host, net } = platform();
    const args = { host, network: net.frontend, acme: internalCa(), routes: [] };
    new Caddy("edge", args);
    expect(faultsOf(() => new Caddy("second", args))).toEqual([
      'host is core, whose proxy is "edge"; a host has one, give it these routes',
      'ports[0] is 80/tcp on core, which "edge" publishes',
      'ports[1] is 443/tcp on core, which "edge" publishes',
      'ports[2] is 443/udp on core, which "edge" publishes',
    ]);
  });

  test("nobody else publishes its ports, on any address", () => {
    const { host, net } = platform();
    new Caddy("edge", { host, network: net.frontend, acme: internalCa(), routes: [] });
    const ports = [{ container: 443 }];
    const args = { host, image: "acme/app:1.0.0", networks: [net.frontend], health: httpHealth(443), ports };
    expect(faultsOf(() => new Service("app", args))).toEqual([
      'ports[0] is 127.0.0.1:443/tcp on core, which "edge" publishes',
    ]);
  });
});
