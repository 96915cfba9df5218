import { describe, expect, test } from "vitest";
import { type Openings, web } from "../hardening/openings.ts";
import { type Host, noFacilities } from "../server/host.ts";
import type { HttpEndpoint } from "../services/container-service.ts";
import { http01, type Issuer, internalCa } from "./acme.ts";
import type { CaddyArgs } from "./caddy.ts";
import { caddyFaults, neededPorts, offersHttp3 } from "./caddy-faults.ts";
import { meshOnly, publicRoute, type Route } from "./route.ts";

const mesh = { from: ["100.64.0.0/10"] };

function proxy(
  openings: Openings | undefined,
  access: "public" | "mesh",
  more: { acme?: Issuer; http3?: boolean } = {},
) {
  const host = { name: "core", facilities: { ...noFacilities(), ...(openings && { openings }) } } as Host;
  const target = { host, networks: [], service: "app", port: 80, label: 'service "app"' } as unknown as HttpEndpoint;
  const route: Route = (access === "public" ? publicRoute : meshOnly)("app.example.org", target);
  return { host, network: undefined, routes: [route], acme: internalCa(), ...more } as unknown as CaddyArgs;
}
const faults = (...args: Parameters<typeof proxy>) =>
  caddyFaults(proxy(...args)).map(({ path, reason }) => `${path} ${reason}`);
const closed = (what: string) => [`host is core, whose firewall does not let ${what}; open it in its Hardening`];

describe("what a proxy needs of the firewall", () => {
  test("is nothing as long as nobody owns that", () => {
    expect(faults(undefined, "public")).toEqual([]);
  });

  test("is everybody's way in to what is public, however the opening is written", () => {
    expect(faults(web, "public")).toEqual([]);
    expect(faults({ all: { port: "80:443", protocol: "any" } }, "public", { http3: true })).toEqual([]);
    expect(faults({ http: { port: 80 }, https: { port: 443, ...mesh } }, "public")).toEqual(
      closed("everybody in to 443/tcp"),
    );
    expect(faults({ tcp: { port: "80:443" } }, "public", { http3: true })).toEqual(closed("everybody in to 443/udp"));
  });

  test("is somebody's way in to what is for the mesh, and the authority's where it asks over HTTP", () => {
    const openings = { web: { port: "80:443", ...mesh } };
    expect(faults(openings, "mesh")).toEqual([]);
    expect(faults({}, "mesh")).toEqual(closed("anybody in to 80/tcp, 443/tcp"));
    expect(faults(openings, "mesh", { acme: http01({ email: "ops@example.org" }) })).toEqual(
      closed("everybody in to 80/tcp"),
    );
  });

  test("is told to a Hardening that comes later", () => {
    expect(neededPorts(proxy(undefined, "public", { http3: true }))).toEqual(
      ["80/tcp", "443/tcp", "443/udp"].map((port) => ({ port, by: "everybody" })),
    );
  });
});

test("HTTP/3 is offered to whom it is open to, or as it is told", () => {
  const offered = (...args: Parameters<typeof proxy>) => offersHttp3(proxy(...args));
  expect([offered(undefined, "public"), offered(web, "public")]).toEqual([true, true]);
  expect(offered({ tcp: { port: "80:443" } }, "public")).toBe(false);
  const forMesh = { http3: { port: 443, protocol: "udp", ...mesh } } as const;
  expect([offered(forMesh, "public"), offered(forMesh, "mesh")]).toEqual([false, true]);
  expect([offered(web, "public", { http3: false }), offered({}, "public", { http3: true })]).toEqual([false, true]);
});
