import type { Host } from "../server/host.ts";

/** What a host's Docker has been given so far in this stack, with who was given it: each can be had only once. */
export interface DockerGrants {
  /** Networks by name. */
  networks: Map<string, { subnet: string; ipv6Subnet?: string; by: string }>;
  /** Containers by name. */
  containers: Map<string, string>;
}

const grants = new WeakMap<Host, DockerGrants>();

/** The grants of one host, shared by every component on it. */
export function grantedTo(host: Host): DockerGrants {
  let granted = grants.get(host);
  if (!granted) {
    granted = { networks: new Map(), containers: new Map() };
    grants.set(host, granted);
  }
  return granted;
}
