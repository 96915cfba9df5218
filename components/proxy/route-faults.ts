import type { Fault } from "../component.ts";
import { isEverybody, parseCidr } from "../docker/cidr.ts";
import type { Host } from "../server/host.ts";
import { isRelay, type Route } from "./route.ts";

const HOSTNAME = /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/** Everything wrong with the routes of a proxy on `host`. */
export function routeFaults(routes: readonly Route[], host: Host): Fault[] {
  const faults: Fault[] = [];
  const owners = new Map<string, string>();
  for (const [index, route] of routes.entries()) {
    const at = `routes[${index}]`;
    if (!HOSTNAME.test(route.hostname)) {
      const path = `${at}.hostname`;
      faults.push({
        path,
        reason: `is ${JSON.stringify(route.hostname)}; a hostname such as n8n.example.org is needed`,
      });
    }
    faults.push(...targetFaults(route, at, host), ...tokenFaults(route, at));
    faults.push(...pathFaults(route, at), ...sizeFaults(`${at}.maxBody`, route.maxBody));
    for (const path of route.paths ?? ["every other path"]) {
      const place = `${route.hostname} ${path}`;
      const owner = owners.get(place);
      if (owner) {
        const where = route.paths ? `${route.hostname}${path}` : `${route.hostname}, every path`;
        faults.push({ path: at, reason: `is for ${where}, as ${owner} is; one of the two would never be used` });
      } else owners.set(place, at);
    }
  }
  return faults;
}

function targetFaults({ target }: Route, at: string, host: Host): Fault[] {
  if (isRelay(target)) {
    const { hostname } = target;
    if (HOSTNAME.test(hostname) && !hostname.startsWith("*")) return [];
    const reason = `is ${JSON.stringify(hostname)}; the hostname of the other proxy's route is needed`;
    return [{ path: `${at}.target.hostname`, reason }];
  }
  if (target.host === host) return [];
  const reason = `is ${target.label} on ${target.host.name}, but the proxy is on ${host.name}; relay() leads to other hosts`;
  return [{ path: `${at}.target`, reason }];
}

function tokenFaults({ token }: Route, at: string): Fault[] {
  if (token?.header === undefined || /^[A-Za-z][A-Za-z0-9-]*$/.test(token.header)) return [];
  const reason = `is ${JSON.stringify(token.header)}; the name of a header is needed, such as X-Gitlab-Token`;
  return [{ path: `${at}.token.header`, reason }];
}

function pathFaults({ paths }: Route, at: string): Fault[] {
  if (paths === undefined) return [];
  if (paths.length === 0) return [{ path: `${at}.paths`, reason: "is empty; leave it out for every path" }];
  return paths.flatMap((path, index) =>
    /^\/[\w\-.~%!&'()*+,;=:@/]*$/.test(path)
      ? []
      : [{ path: `${at}.paths[${index}]`, reason: `is ${JSON.stringify(path)}; a path such as /webhook/* is needed` }],
  );
}

export function sizeFaults(path: string, size: string | undefined): Fault[] {
  if (size === undefined || /^\d+(KB|MB|GB)$/.test(size)) return [];
  return [{ path, reason: `is ${JSON.stringify(size)}; a size such as 10MB is needed` }];
}

/** Ranges whose clients are taken for the mesh's: no range may be everybody's, nor all of them together. */
export function rangeFaults(ranges: readonly string[]): Fault[] {
  const faults = ranges.flatMap((range, index): Fault[] => {
    const path = `meshRanges[${index}]`;
    if (!parseCidr(range)) {
      return [{ path, reason: `is ${JSON.stringify(range)}; a range such as 100.64.0.0/10 is needed` }];
    }
    return isEverybody([range]) ? [{ path, reason: `is ${range}, the whole world; ${PUBLIC}` }] : [];
  });
  if (faults.length > 0 || !isEverybody(ranges)) return faults;
  return [{ path: "meshRanges", reason: `are the whole world together; ${PUBLIC}` }];
}

const PUBLIC = "name the mesh's own ranges, and make a route for everybody a publicRoute";
