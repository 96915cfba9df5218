import { UserError } from "../errors.ts";
import { ask } from "./ask.ts";
import { type Cloud, nameOf, type ResourceState } from "./pending.ts";

/** How to ask a project's API. */
export interface ApiAccess {
  endpoint: string;
  token: string;
}

/** Where the API lists what has a name. */
const NAMED: Record<string, string> = {
  "hcloud:index/server:Server": "servers",
  "hcloud:index/primaryIp:PrimaryIp": "primary_ips",
  "hcloud:index/volume:Volume": "volumes",
  "hcloud:index/network:Network": "networks",
  "hcloud:index/firewall:Firewall": "firewalls",
  "hcloud:index/placementGroup:PlacementGroup": "placement_groups",
  "hcloud:index/sshKey:SshKey": "ssh_keys",
  "hcloud:index/zone:Zone": "zones",
  "hcloud:index/floatingIp:FloatingIp": "floating_ips",
  "hcloud:index/loadBalancer:LoadBalancer": "load_balancers",
};

interface Labelled {
  id: number;
  created: string;
  labels?: Record<string, string>;
}

/** How long a deletion that is under way is waited for. */
const PATIENCE_MS = 120_000;

/**
 * Looks at Hetzner for what an interrupted run has done: by name, and only with the labels that it was created with, so
 * that nothing of others is taken over. Attachments have ids made of what they join.
 *
 * @param notBefore - Milliseconds since 1970: what was created earlier is not found. @default any time
 *
 * The methods throw a UserError when the API cannot be asked.
 */
export function hetznerCloud(access: ApiAccess | undefined, notBefore = 0, request: typeof fetch = fetch): Cloud {
  const get = async (resource: ResourceState, path: string): Promise<Record<string, unknown> | undefined> => {
    if (access) {
      const api = { ...access, name: "Hetzner", tokenFrom: "the stack's token (hcloud.token)", request };
      return (await ask(api, path)) as Record<string, unknown> | undefined;
    }
    throw new UserError(
      `the last run was interrupted at ${nameOf(resource)}, and without a token nobody can tell how far Hetzner got.`,
      "Give the stack's secrets their key (SOPS_AGE_KEY_FILE=<key file>), so that hcloud.token can be read.",
    );
  };
  return {
    find: async (resource) => {
      const list = NAMED[resource.type];
      const { name, labels } = resource.inputs ?? {};
      if (!list) return findAttachment(resource, (path) => get(resource, path));
      const found = await get(resource, `${list}?name=${encodeURIComponent(String(name))}`);
      const items = (found?.[list] ?? []) as Labelled[];
      return items.find((item) => carries(item, labels) && Date.parse(item.created) >= notBefore)?.id.toString();
    },
    isGone: async (resource) => {
      const list = NAMED[resource.type];
      if (!list) return false;
      for (const deadline = Date.now() + PATIENCE_MS; ; ) {
        const found = await get(resource, `${list}/${resource.id}`);
        if (!found) return true;
        const [item] = Object.values(found) as { status?: string }[];
        if (item?.status !== "deleting" || Date.now() > deadline) return false;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
  };
}

type Get = (path: string) => Promise<Record<string, unknown> | undefined>;

async function findAttachment({ type, inputs = {} }: ResourceState, get: Get): Promise<string | undefined> {
  const { networkId, subnetId, ipRange, serverId, volumeId, zone, name, labels } = inputs;
  switch (type) {
    case "hcloud:index/networkSubnet:NetworkSubnet": {
      const network = (await get(`networks/${networkId}`))?.network as { subnets: { ip_range: string }[] } | undefined;
      return network?.subnets.some((subnet) => subnet.ip_range === ipRange) ? `${networkId}-${ipRange}` : undefined;
    }
    case "hcloud:index/serverNetwork:ServerNetwork": {
      const wanted = Number(networkId ?? String(subnetId).split("-")[0]);
      const server = (await get(`servers/${serverId}`))?.server as { private_net: { network: number }[] } | undefined;
      return server?.private_net.some(({ network }) => network === wanted) ? `${serverId}-${wanted}` : undefined;
    }
    case "hcloud:index/volumeAttachment:VolumeAttachment": {
      const volume = (await get(`volumes/${volumeId}`))?.volume as { server: number | null } | undefined;
      return volume?.server === Number(serverId) ? String(volumeId) : undefined;
    }
    case "hcloud:index/zoneRrset:ZoneRrset": {
      const id = `${name}/${inputs.type}`;
      const rrset = (await get(`zones/${zone}/rrsets/${id}`))?.rrset as Labelled | undefined;
      return rrset && carries(rrset, labels) ? id : undefined;
    }
    default:
      return undefined;
  }
}

function carries(item: Pick<Labelled, "labels">, wanted: unknown): boolean {
  const labels = Object.entries((wanted ?? {}) as Record<string, string>);
  return labels.length > 0 && labels.every(([key, value]) => item.labels?.[key] === value);
}
