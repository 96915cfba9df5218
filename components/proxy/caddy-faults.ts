import type { Fault } from "../component.ts";
import { publishedFaults } from "../dns/exposure.ts";
import { lackOf, type NeededPort } from "../hardening/openings.ts";
import type { Issuer } from "./acme.ts";
import type { CaddyArgs } from "./caddy.ts";
import { rangeFaults, routeFaults, sizeFaults } from "./route-faults.ts";

/** Everything wrong with a proxy, apart from what it has in common with every service. */
export function caddyFaults(args: CaddyArgs): Fault[] {
  const { host, network } = args;
  const faults = [
    ...routeFaults(args.routes, host),
    ...publishedFaults(args.routes),
    ...rangeFaults(args.meshRanges ?? []),
    ...sizeFaults("maxBody", args.maxBody),
  ];
  if (host.facilities.proxy !== undefined) {
    const reason = `is ${host.name}, whose proxy is "${host.facilities.proxy.name}"; a host has one, give it these routes`;
    faults.push({ path: "host", reason });
  }
  if (network?.internal) {
    const reason = `is ${network.name}, an internal network; its containers would reach nothing but the proxy`;
    faults.push({ path: "network", reason });
  }
  const { openings } = host.facilities;
  const lack = openings && lackOf(openings, neededPorts(args));
  if (lack !== undefined) {
    const reason = `is ${host.name}, whose firewall does not let ${lack}; open it in its Hardening`;
    faults.push({ path: "host", reason });
  }
  return [...faults, ...issuerFaults(args.acme, args)];
}

/** What the firewall has to let in: everybody to what is public, and to where HTTP-01's authority asks. */
export function neededPorts({ routes, acme, http3 }: Pick<CaddyArgs, "routes" | "acme" | "http3">): NeededPort[] {
  const by = routes.some(({ access }) => access === "public") ? "everybody" : "somebody";
  return [
    { port: "80/tcp", by: acme.kind === "http01" ? "everybody" : by },
    { port: "443/tcp", by },
    ...(http3 ? [{ port: "443/udp", by } as const] : []),
  ];
}

/** HTTP/3 is offered where it can be used, as long as nothing else is said. */
export function offersHttp3({ host, http3, ...args }: CaddyArgs): boolean {
  const { openings } = host.facilities;
  if (http3 !== undefined || openings === undefined) return http3 ?? true;
  const needed = neededPorts({ ...args, http3: true }).filter(({ port }) => port === "443/udp");
  return lackOf(openings, needed) === undefined;
}

function issuerFaults(acme: Issuer, { routes }: CaddyArgs): Fault[] {
  if (acme.kind === "internal") return [];
  const faults: Fault[] = [];
  if (!/^[^\s@{}]+@[^\s@{}]+\.[^\s@{}]+$/.test(acme.email)) {
    faults.push({ path: "acme.email", reason: `is ${JSON.stringify(acme.email)}; an e-mail address is needed` });
  }
  if (acme.directory !== undefined && !/^https:\/\/[^\s{}]+$/.test(acme.directory)) {
    const reason = `is ${JSON.stringify(acme.directory)}; a URL is needed, such as https://acme.example.org/directory`;
    faults.push({ path: "acme.directory", reason });
  }
  if (acme.root !== undefined && !acme.root.includes("-----BEGIN CERTIFICATE-----")) {
    faults.push({ path: "acme.root", reason: "is no certificate; the text of a PEM file is needed" });
  }
  if (acme.kind === "dns01") {
    for (const [index, resolver] of (acme.resolvers ?? []).entries()) {
      if (/^(\d+\.){3}\d+(:\d+)?$|^[0-9a-f:]+$|^\[[0-9a-f:]+\](:\d+)?$/i.test(resolver)) continue;
      const reason = `is ${JSON.stringify(resolver)}; an address is needed, such as 9.9.9.9 or 10.0.0.1:5353`;
      faults.push({ path: `acme.resolvers[${index}]`, reason });
    }
    return faults;
  }
  for (const [index, { hostname }] of routes.entries()) {
    if (!hostname.startsWith("*.")) continue;
    const reason = `is ${hostname}; for a wildcard, certificates are issued over DNS only: use dns01`;
    faults.push({ path: `routes[${index}].hostname`, reason });
  }
  return faults;
}
