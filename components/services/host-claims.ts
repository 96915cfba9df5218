import type { Fault } from "../component.ts";
import { grantedTo } from "../docker/grants.ts";
import type { ServiceArgs } from "./service-args.ts";

/** What this service would take from its host and another one has: its container's name, its ports. */
export function claimFaults(name: string, args: ServiceArgs): Fault[] {
  const { host } = args;
  const faults: Fault[] = [];
  const twin = grantedTo(host).containers.get(name);
  if (twin) faults.push({ path: "name", reason: `is a container's name on ${host.name} already: ${twin}` });
  for (const [index, port] of (args.ports ?? []).entries()) {
    const { published } = claimOf(port);
    for (const [taken, owner] of host.facilities.publishedPorts) {
      if (!clash(published, taken)) continue;
      faults.push({ path: `ports[${index}]`, reason: `is ${published} on ${host.name}, which "${owner}" publishes` });
    }
  }
  return faults;
}

/** Takes the name and the ports for this service. */
export function claim(type: string, name: string, args: ServiceArgs): void {
  grantedTo(args.host).containers.set(name, `${type} "${name}"`);
  for (const port of args.ports ?? []) args.host.facilities.publishedPorts.set(claimOf(port).published, name);
}

/** `443/tcp` for a port on every address, `127.0.0.1:8080/tcp` for one on its own. */
function claimOf(port: NonNullable<ServiceArgs["ports"]>[number]) {
  const address = port.address ?? "127.0.0.1";
  const number = `${port.host ?? port.container}/${port.protocol ?? "tcp"}`;
  return { published: address === "0.0.0.0" || address === "::" ? number : `${address}:${number}` };
}

function clash(a: string, b: string): boolean {
  const port = (claimed: string) => claimed.slice(claimed.lastIndexOf(":") + 1);
  return port(a) === port(b) && (a === b || a === port(a) || b === port(b));
}
