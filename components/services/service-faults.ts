import type { Fault } from "../component.ts";
import { overlaps, parseCidr } from "../docker/cidr.ts";
import type { Network } from "../docker/networks.ts";
import { isFault, parseImage } from "./image.ts";
import { parseDuration, parseMemory } from "./quantities.ts";
import type { PublishedPort, ServiceArgs } from "./service-args.ts";

/** Ranges whose addresses a service may publish on: only the host itself, or the mesh, reaches them. */
const PRIVATE_RANGES = ["127.0.0.0/8", "::1/128", "100.64.0.0/10", "fd7a:115c:a1e0::/48"];

/** Everything wrong with a service, apart from what others on its host have. */
export function serviceFaults(args: ServiceArgs, mayPublish: "everywhere" | "privately"): Fault[] {
  return [
    ...imageFaults(args),
    ...networkFaults(args.networks, args),
    ...needFaults(args),
    ...healthFaults(args),
    ...variableFaults(args),
    ...pathFaults(args),
    ...limitFaults(args),
    ...(args.ports ?? []).flatMap((port, index) => portFaults(port, `ports[${index}]`, mayPublish)),
    ...(args.http === undefined || isPort(args.http) ? [] : [portFault("http", args.http)]),
  ];
}

function imageFaults(args: ServiceArgs): Fault[] {
  const image = parseImage(args.image);
  return isFault(image) ? [image] : [];
}

function networkFaults(networks: readonly (Network | undefined)[], { host }: ServiceArgs): Fault[] {
  if (networks.length === 0)
    return [{ path: "networks", reason: "is empty; a service needs a network to be reached on" }];
  return networks.flatMap((network, index) => {
    const path = `networks[${index}]`;
    if (network === undefined) {
      return [{ path, reason: `is an unknown network; declare it in the DockerNetworks of ${host.name}` }];
    }
    if (network.host !== host) {
      return [
        { path, reason: `is network ${network.name} of ${network.host.name}, but the service is on ${host.name}` },
      ];
    }
    return networks.indexOf(network) < index ? [{ path, reason: `is network ${network.name} a second time` }] : [];
  });
}

function needFaults(args: ServiceArgs): Fault[] {
  return (args.needs ?? []).flatMap(({ label, networks }, index) => {
    if (networks.length === 0 || networks.some((network) => args.networks.includes(network))) return [];
    const theirs = networks.map((network) => network.name).join(", ");
    return [
      { path: `needs[${index}]`, reason: `is the ${label}, which is on ${theirs}; put the service on one of them` },
    ];
  });
}

function healthFaults({ health }: ServiceArgs): Fault[] {
  if (!health) return [{ path: "health", reason: "is missing; httpHealth(port, path) tells whether it serves" }];
  const faults: Fault[] = [];
  if (health.test.length < 2) faults.push({ path: "health.test", reason: "has no command" });
  for (const key of ["interval", "timeout", "startPeriod"] as const) {
    faults.push(...durationFaults(`health.${key}`, health[key]));
  }
  if (health.retries !== undefined && !(Number.isInteger(health.retries) && health.retries > 0)) {
    faults.push({ path: "health.retries", reason: `is ${health.retries}; a whole number from 1 is needed` });
  }
  return faults;
}

function variableFaults(args: ServiceArgs): Fault[] {
  const faults: Fault[] = [];
  for (const [part, variables] of [["env", args.env] as const, ["secretEnv", args.secretEnv] as const]) {
    for (const [key, value] of Object.entries(variables ?? {})) {
      const path = `${part}.${key}`;
      if (!/^[A-Za-z_]\w*$/.test(key)) {
        faults.push({ path, reason: "is not a variable's name; letters, digits and _ are allowed" });
      }
      if (value === undefined) faults.push({ path, reason: "has no value" });
    }
  }
  for (const key of Object.keys(args.env ?? {})) {
    if (key in (args.secretEnv ?? {})) {
      faults.push({ path: `env.${key}`, reason: "is in secretEnv too; leave one of the two" });
    } else if (/(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ENCRYPTION_?KEY)$/i.test(key)) {
      faults.push({ path: `env.${key}`, reason: "is a secret by its name; declare it in secretEnv" });
    }
  }
  return faults;
}

function pathFaults(args: ServiceArgs): Fault[] {
  const mounts = [
    ...Object.entries(args.volumes ?? {}).map(([key, { path }]) => ({ path: `volumes.${key}.path`, target: path })),
    ...Object.keys(args.files ?? {}).map((target) => ({ path: `files[${JSON.stringify(target)}]`, target })),
    ...(args.tmpfs ?? []).map((target, index) => ({ path: `tmpfs[${index}]`, target })),
  ];
  const faults: Fault[] = [];
  const owners = new Map<string, string>();
  for (const { path, target } of mounts) {
    const owner = owners.get(target);
    if (!/^\/(?!.*\/\.{1,2}(\/|$))[^:\0\n]+$/.test(target)) {
      faults.push({ path, reason: `is ${JSON.stringify(target)}; an absolute path in the container is needed` });
    } else if (owner) {
      faults.push({ path, reason: `mounts ${target}, as ${owner} does` });
    } else owners.set(target, path);
  }
  for (const [key, volume] of Object.entries(args.volumes ?? {})) {
    if (!/^[a-z0-9][a-z0-9_-]*$/.test(key)) {
      faults.push({ path: `volumes.${key}`, reason: "is not a volume's name; lower-case letters, digits, - and _" });
    }
    if (volume.owner !== undefined && !/^\d+(:\d+)?$/.test(volume.owner)) {
      faults.push({
        path: `volumes.${key}.owner`,
        reason: `is ${JSON.stringify(volume.owner)}; ids such as 1000:1000`,
      });
    }
  }
  return faults;
}

function limitFaults(args: ServiceArgs): Fault[] {
  const faults: Fault[] = [];
  for (const key of ["memory", "sharedMemory"] as const) {
    const text = args[key];
    if (text === undefined) continue;
    const bytes = parseMemory(text);
    if (bytes === undefined) {
      faults.push({ path: key, reason: `is ${JSON.stringify(text)}; an amount such as 512m or 2g is needed` });
    } else if (key === "memory" && bytes < 6 * 1024 ** 2) {
      faults.push({ path: key, reason: `is ${text}; Docker gives no container less than 6m` });
    }
  }
  if (args.cpus !== undefined && !(args.cpus > 0)) {
    faults.push({ path: "cpus", reason: `is ${args.cpus}; a number above 0 is needed, such as 0.5` });
  }
  if (args.pids !== undefined && !(Number.isInteger(args.pids) && args.pids > 0)) {
    faults.push({ path: "pids", reason: `is ${args.pids}; a whole number from 1 is needed` });
  }
  for (const [index, capability] of (args.capabilities ?? []).entries()) {
    if (!/^[A-Z_]+$/.test(capability) || capability === "ALL" || capability.startsWith("CAP_")) {
      const path = `capabilities[${index}]`;
      faults.push({ path, reason: `is ${JSON.stringify(capability)}; name each one, such as NET_BIND_SERVICE` });
    }
  }
  faults.push(...durationFaults("stopGracePeriod", args.stopGracePeriod));
  return faults;
}

function portFaults(port: PublishedPort, path: string, mayPublish: "everywhere" | "privately"): Fault[] {
  const faults: Fault[] = [];
  if (!isPort(port.container)) faults.push(portFault(`${path}.container`, port.container));
  if (port.host !== undefined && !isPort(port.host)) faults.push(portFault(`${path}.host`, port.host));
  const address = parseCidr(`${port.address ?? "127.0.0.1"}/${port.address?.includes(":") ? 128 : 32}`);
  if (!address) {
    faults.push({ path: `${path}.address`, reason: `is ${JSON.stringify(port.address)}; an IP address is needed` });
  } else if (mayPublish === "privately") {
    const isPrivate = PRIVATE_RANGES.some((range) => {
      const cidr = parseCidr(range);
      return cidr && overlaps(cidr, address);
    });
    if (!isPrivate) {
      faults.push({
        path: `${path}.address`,
        reason: `is ${port.address}, which would be reachable from outside, past the firewall; only the proxy publishes there. Give it a route, or an address of the mesh or 127.0.0.1`,
      });
    }
  }
  return faults;
}

function durationFaults(path: string, text: string | undefined): Fault[] {
  if (text === undefined || parseDuration(text) !== undefined) return [];
  return [{ path, reason: `is ${JSON.stringify(text)}; a time such as 30s or 2m is needed` }];
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

function portFault(path: string, port: number): Fault {
  return { path, reason: `is ${port}; ports go from 1 to 65535` };
}
