/** The part of `docker network inspect` that the provider reads. */
export interface NetworkInspection {
  Name: string;
  Driver: string;
  EnableIPv6: boolean;
  Internal: boolean;
  Attachable: boolean;
  IPAM: { Config: { Subnet?: string; Gateway?: string }[] | null };
  Options: Record<string, string> | null;
  Labels: Record<string, string> | null;
}

/** The part of `docker inspect` that says how a container is connected. */
export interface ContainerInspection {
  Name: string;
  State: { Status: string };
  NetworkSettings: {
    Networks: Record<
      string,
      {
        Aliases: string[] | null;
        IPAMConfig: { IPv4Address?: string; IPv6Address?: string } | null;
        DriverOpts: Record<string, string> | null;
      }
    >;
  };
}

/** A Docker network in the words of its inputs. */
export interface NetworkState {
  name: string;
  driver: string;
  subnet?: string;
  gateway?: string;
  ipv6Subnet?: string | null;
  internal: boolean;
  attachable: boolean;
  options: Record<string, string>;
  labels: Record<string, string>;
}

/** What somebody declared: of options and labels only those count, as the daemon and Compose add their own. */
export type Declared = Partial<Pick<NetworkState, "options" | "labels">>;

/** Reads `docker network inspect`. */
export function networkState(inspection: NetworkInspection, ...declared: (Declared | undefined)[]): NetworkState {
  const ranges = inspection.IPAM.Config ?? [];
  const v4 = ranges.find((range) => range.Subnet && !range.Subnet.includes(":"));
  const v6 = ranges.find((range) => range.Subnet?.includes(":"));
  const state: NetworkState = {
    name: inspection.Name,
    driver: inspection.Driver,
    internal: inspection.Internal,
    attachable: inspection.Attachable,
    options: pick(
      inspection.Options,
      declared.map((each) => each?.options),
    ),
    labels: pick(
      inspection.Labels,
      declared.map((each) => each?.labels),
    ),
  };
  if (v4?.Subnet) {
    state.subnet = v4.Subnet;
    state.gateway = v4.Gateway?.split("/")[0] || firstAddress(v4.Subnet);
  }
  if (v6?.Subnet && inspection.EnableIPv6) state.ipv6Subnet = v6.Subnet;
  return state;
}

function pick(found: Record<string, string> | null, declared: (Record<string, string> | null | undefined)[]) {
  const keys = new Set(declared.flatMap((each) => Object.keys(each ?? {})));
  return Object.fromEntries(Object.entries(found ?? {}).filter(([key]) => keys.has(key)));
}

/** What Docker gives the host in a subnet when nothing else is asked: inspection says so only while it is in use. */
function firstAddress(subnet: string): string {
  const octets = (subnet.split("/")[0] ?? "").split(".").map(Number);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join(".");
}
