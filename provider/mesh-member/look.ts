import type { MeshMemberInputs, MeshMemberState } from "./type.ts";

/** What Tailscale says on the host. */
export interface Client {
  /** `Running`, `NeedsLogin`, `Stopped` …; undefined where no daemon answers. */
  backend: string;
  nodeKey: string;
  server: string;
  acceptRoutes: boolean;
  acceptDns: boolean;
  /** Name that it gives itself. */
  hostname: string;
  advertised: string[];
}

/** What Headscale says of a node; the fields of its JSON that are used here. */
export interface HubNode {
  id: number;
  node_key: string;
  given_name: string;
  ip_addresses: string[];
  tags?: string[] | null;
  expiry?: { seconds: number } | null;
  online?: boolean;
  approved_routes?: string[] | null;
  available_routes?: string[] | null;
  user?: { name: string };
}

/** Prints the client's status and preferences, or nothing where Tailscale does not run. */
export const CLIENT_SCRIPT = `command -v tailscale >/dev/null || exit 0
tailscale status --json --peers=false 2>/dev/null && { echo; echo =; tailscale debug prefs; } || :`;

export const NODES_SCRIPT = "headscale nodes list -o json";

const DOWN = "headscale does not run";
/** For people, where nothing can be done without it. */
export const DOWN_HERE =
  "Headscale does not run here. `journalctl -u headscale.service` says why; start it, then run again.";
/** What follows a question to Headscale that failed: says so where it does not run at all, which is no answer either way. */
export const UNLESS_DOWN = `{
  case $(systemctl is-active headscale.service 2>/dev/null) in inactive|failed|activating|deactivating) printf '\\n${DOWN}\\n'; exit 0 ;; esac; exit 1
}`;
/** {@link NODES_SCRIPT} for a hub where Headscale may have been stopped. */
export const LOOK_FOR_NODES = `${NODES_SCRIPT} || ${UNLESS_DOWN}`;

/** Whether Headscale did not run when it was asked. */
export function isDown(output: string): boolean {
  return output.trimEnd().endsWith(DOWN);
}

/** Seconds that clients take at most to find a Headscale again that was started. */
const REUNION = 60;
/** Prints `yes` while that time is not over. */
export const REUNITING_SCRIPT = `since=$(systemctl show -P ActiveEnterTimestampMonotonic headscale.service)
[ $(($(cut -d. -f1 /proc/uptime) - since / 1000000)) -lt ${REUNION} ] && echo yes || :`;

const EXIT_ROUTES = ["0.0.0.0/0", "::/0"];
const NO_KEY = /^nodekey:0*$/;

/** Reads what {@link CLIENT_SCRIPT} printed. */
export function parseClient(output: string): Client | undefined {
  const [status = "", prefs = ""] = output.split("\n=\n");
  if (!prefs.trim()) return undefined;
  const { BackendState, Self } = JSON.parse(status) as { BackendState: string; Self?: { PublicKey?: string } };
  const wanted = JSON.parse(prefs) as Record<string, unknown>;
  return {
    backend: BackendState,
    nodeKey: Self?.PublicKey ?? "",
    server: withoutSlash(String(wanted.ControlURL ?? "")),
    acceptRoutes: wanted.RouteAll === true,
    acceptDns: wanted.CorpDNS === true,
    hostname: String(wanted.Hostname ?? ""),
    advertised: ((wanted.AdvertiseRoutes ?? []) as string[]).toSorted(),
  };
}

/** Reads what {@link NODES_SCRIPT} printed; `null` means that there are none. */
export function parseNodes(output: string): HubNode[] {
  return (JSON.parse(output) ?? []) as HubNode[];
}

/** The node that the client is logged in as. */
export function nodeOf(client: Client | undefined, nodes: readonly HubNode[]): HubNode | undefined {
  if (!client || NO_KEY.test(client.nodeKey)) return undefined;
  return nodes.find((node) => node.node_key === client.nodeKey);
}

/** The membership as both sides see it; undefined when the hub does not know the host, or the host is logged out. */
export function membership(
  client: Client | undefined,
  nodes: readonly HubNode[],
  now = Date.now(),
): MeshMemberState | undefined {
  const node = nodeOf(client, nodes);
  if (!client || !node) return undefined;
  const available = node.available_routes ?? [];
  const serving = (node.approved_routes ?? []).filter((route) => available.includes(route));
  const [address = "", ...others] = node.ip_addresses.toSorted(
    (a, b) => Number(a.includes(":")) - Number(b.includes(":")),
  );
  return {
    server: client.server,
    node: node.given_name,
    tags: (node.tags ?? []).toSorted(),
    routes: serving.filter((route) => !EXIT_ROUTES.includes(route)).sort(),
    exitNode: EXIT_ROUTES.every((route) => serving.includes(route)),
    acceptRoutes: client.acceptRoutes,
    acceptDns: client.acceptDns,
    status: statusOf(client, node, now),
    nodeId: node.id,
    address,
    addresses: [address, ...others],
  };
}

function statusOf(client: Client, node: HubNode, now: number): MeshMemberState["status"] {
  // A node that never expires has an expiry of zero seconds, or none.
  if (node.expiry && node.expiry.seconds > 0 && node.expiry.seconds * 1000 <= now) return "expired";
  if (client.backend !== "Running") return "stopped";
  return node.online ? "online" : "offline";
}

/** The routes that a member offers, as Tailscale and Headscale list them. */
export function routesOf(inputs: Pick<MeshMemberInputs, "routes" | "exitNode">): string[] {
  return [...inputs.routes, ...(inputs.exitNode ? EXIT_ROUTES : [])].sort();
}

/** What of a membership is not as wanted, by property. */
export function differences(wanted: MeshMemberInputs, seen: MeshMemberState): string[] {
  const keys = ["server", "node", "tags", "routes", "exitNode", "acceptRoutes", "acceptDns", "status"] as const;
  return keys.filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(seen[key]));
}

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
