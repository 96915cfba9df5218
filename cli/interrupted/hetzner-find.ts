import { UserError } from "../errors.ts";
import type { Finder, ResourceState } from "./pending.ts";

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
};

interface Labelled {
  id: number;
  labels?: Record<string, string>;
}

/**
 * Finds what an interrupted run has created at Hetzner: by name and only with the labels that it was created with, so
 * that nothing of others is taken over. Attachments have ids made of what they join.
 *
 * @throws UserError when the API cannot be asked.
 */
export function hetznerFinder(access: ApiAccess | undefined, request: typeof fetch = fetch): Finder {
  return async (resource) => {
    if (!access) {
      throw new UserError(
        `the last run was interrupted while creating ${nameOf(resource)}, and without a token nobody can tell whether Hetzner made it.`,
        "Give the stack's secrets their key (SOPS_AGE_KEY_FILE=<key file>), so that hcloud.token can be read.",
      );
    }
    const inputs = resource.inputs ?? {};
    const get = (path: string) => ask(access, path, request);
    const list = NAMED[resource.type];
    if (list) {
      const found = (await get(`${list}?name=${encodeURIComponent(String(inputs["name"]))}`)) as Record<
        string,
        Labelled[]
      >;
      return found[list]?.find((item) => carries(item, inputs["labels"]))?.id.toString();
    }
    switch (resource.type) {
      case "hcloud:index/networkSubnet:NetworkSubnet": {
        const { network } = (await get(`networks/${inputs["networkId"]}`)) as {
          network: { subnets: { ip_range: string }[] };
        };
        const there = network.subnets.some((subnet) => subnet.ip_range === inputs["ipRange"]);
        return there ? `${inputs["networkId"]}-${inputs["ipRange"]}` : undefined;
      }
      case "hcloud:index/serverNetwork:ServerNetwork": {
        const network = Number(inputs["networkId"] ?? String(inputs["subnetId"]).split("-")[0]);
        const { server } = (await get(`servers/${inputs["serverId"]}`)) as {
          server: { private_net: { network: number }[] };
        };
        const joined = server.private_net.some((attached) => attached.network === network);
        return joined ? `${inputs["serverId"]}-${network}` : undefined;
      }
      case "hcloud:index/volumeAttachment:VolumeAttachment": {
        const { volume } = (await get(`volumes/${inputs["volumeId"]}`)) as { volume: { server: number | null } };
        return volume.server === Number(inputs["serverId"]) ? String(inputs["volumeId"]) : undefined;
      }
      default:
        return undefined;
    }
  };
}

/** The name that people know a resource by. */
export function nameOf({ urn }: ResourceState): string {
  return urn.split("::").at(-1) ?? urn;
}

function carries(item: Labelled, wanted: unknown): boolean {
  const labels = Object.entries((wanted ?? {}) as Record<string, string>);
  return labels.length > 0 && labels.every(([key, value]) => item.labels?.[key] === value);
}

async function ask({ endpoint, token }: ApiAccess, path: string, request: typeof fetch): Promise<unknown> {
  const answer = await request(`${endpoint}/${path}`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(15_000),
  }).catch((error: Error) => error);
  if (answer instanceof Response && answer.ok) return answer.json();
  const said = answer instanceof Error ? answer.message : `it answers ${answer.status}`;
  throw new UserError(
    `the last run was interrupted, and what it made at Hetzner cannot be looked up at ${endpoint}/${path.split("?")[0]}: ${said}.`,
    "Run it again when the API can be reached with the stack's token (hcloud.token).",
  );
}
