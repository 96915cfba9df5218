import type { Session } from "../transport/session.ts";
import {
  CLIENT_SCRIPT,
  differences,
  type HubNode,
  membership,
  NODES_SCRIPT,
  nodeOf,
  parseClient,
  parseNodes,
  routesOf,
} from "./look.ts";
import * as scripts from "./script.ts";
import type { MeshMemberInputs, MeshMemberState } from "./type.ts";

/** How long a member that was told something may take until both sides show it. */
const PATIENCE_MS = 40_000;
/** How long a host that leaves may take to let in from outside. */
const OUTSIDE_PATIENCE_SECONDS = 4;

/** Joins, or joins anew; a node that the same machine had before is taken over with its addresses. */
export async function joinMesh(session: Session, hub: Session, inputs: MeshMemberInputs): Promise<void> {
  const client = parseClient(await session.run("look at Tailscale", scripts.awaitClient(CLIENT_SCRIPT)));
  if (!client) {
    throw session.fail(
      "Tailscale does not answer on this host. Install it and start tailscaled.service first; " +
        "`journalctl -u tailscaled` says why it does not run.",
    );
  }
  if (client.server && client.server !== inputs.server && client.backend === "Running") {
    session.warn(`leaves the mesh at ${client.server}, which it is a member of now`);
  }
  session.progress(`joining ${inputs.server} as ${inputs.node}`);
  const made = await hub.run(`make a key for ${inputs.node} to join with`, scripts.makeKey(inputs.tags));
  const { key } = JSON.parse(made) as { key: string };
  const result = await session.attempt(scripts.join(inputs, key));
  if (result.code !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim()).replaceAll(key, "[key]");
    throw session.fail(`cannot join the mesh at ${inputs.server} as ${inputs.node}:\n  ${said}\n${remedy(said)}`);
  }
}

function remedy(said: string): string {
  if (/certificate|x509/i.test(said)) return "Its certificate has to be trusted on this host, and be for that name.";
  if (/resolve|no such host/i.test(said)) return "Its name has to lead to the hub: look at its DNS record.";
  return "Is Headscale running on the hub, and does the hub's firewall let this host in there?";
}

/** Brings a node that is logged in to what is wanted, on both sides, and waits until both show it. */
export async function become(session: Session, hub: Session, inputs: MeshMemberInputs): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let told = ""; ; ) {
    const client = parseClient(await session.run("look at Tailscale", CLIENT_SCRIPT));
    const nodes = parseNodes(await hub.run("list the nodes of the mesh", NODES_SCRIPT));
    const state = membership(client, nodes);
    const node = nodeOf(client, nodes);
    const left = state ? differences(inputs, state) : ["membership"];
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      throw session.fail(
        `joined the mesh, but after ${PATIENCE_MS / 1000} seconds this is not as declared: ${left.join(", ")}` +
          `${state ? ` (it is ${state.status})` : ""}. Look at \`tailscale status\` here and \`headscale nodes list\` on the hub.`,
      );
    }
    // Tell each side once per difference; what is left after that only takes time.
    const now = left.join();
    if (client && state && node && now !== told) {
      told = now;
      if (state.status === "stopped") await session.run("start Tailscale again", scripts.resume(inputs));
      if (client.advertised.join() !== routesOf(inputs).join() || left.some((key) => key.startsWith("accept"))) {
        await session.run("set up Tailscale", scripts.settle(inputs));
      }
      const orders = ordersFor(inputs, state, node, nodes);
      if ("taken" in orders) throw hub.fail(orders.taken);
      if (orders.script) await hub.run(`set up the node ${inputs.node}`, orders.script);
      if (left.includes("tags")) await retag(session, hub, inputs, node.id);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** The hub gives only tags that its policy knows, and a new one comes to the policy later; a key may give any. */
async function retag(session: Session, hub: Session, inputs: MeshMemberInputs, id: number): Promise<void> {
  const result = await hub.attempt(scripts.tagNode(id, inputs.tags));
  if (result.code === 0) return;
  if (!/not permitted/.test(result.stderr)) {
    throw hub.fail(`cannot give ${inputs.node} its tags: ${result.stderr.trim()}`);
  }
  await joinMesh(session, hub, inputs);
}

/** What the hub has to be told of a node, or why it cannot have its name. */
export function ordersFor(
  wanted: MeshMemberInputs,
  state: MeshMemberState,
  node: HubNode,
  nodes: readonly HubNode[],
): { script: string } | { taken: string } {
  const lines: string[] = [];
  const holder = nodes.find((other) => other.given_name === wanted.node && other.id !== node.id);
  if (holder) {
    // A machine that was set up anew has a key of its own; what it was before is offline, and was for the same.
    const earlier = !holder.online && (holder.tags ?? []).toSorted().join() === wanted.tags.join();
    if (!earlier) {
      return {
        taken:
          `the mesh has another node called ${wanted.node} (${holder.ip_addresses[0]}, ${(holder.tags ?? []).join(", ") || "no tags"}, ` +
          `${holder.online ? "online" : "offline"}). Give this host another name in the mesh, or remove that node: headscale nodes delete -i ${holder.id}`,
      };
    }
    lines.push(scripts.deleteNode(holder.id));
  }
  if (state.node !== wanted.node) lines.push(scripts.renameNode(node.id, wanted.node));
  if ((node.approved_routes ?? []).toSorted().join() !== routesOf(wanted).join()) {
    lines.push(scripts.approveRoutes(node.id, routesOf(wanted)));
  }
  return { script: lines.length > 0 ? ["set -eu", ...lines].join("\n") : "" };
}

/** Logs out and removes the node. A host that cannot be reached any more is removed all the same. */
export async function leave(session: Session, hub: Session, state: MeshMemberState): Promise<void> {
  const nodes = parseNodes(await hub.run("list the nodes of the mesh", NODES_SCRIPT));
  const look = await session.attempt(CLIENT_SCRIPT).catch((error: unknown) => {
    session.warn(
      `its node is removed from the mesh; Tailscale on it could not be logged out: ${String((error as Error).message).split("\n")[0]}`,
    );
    return undefined;
  });
  const outside = look && comesThroughMesh(session, hub, state) ? await wayOutside(session) : session;
  const client = look && parseClient(look.stdout);
  const own = nodeOf(client, nodes) ?? nodes.find((node) => node.id === state.nodeId && node.given_name === state.node);
  if (client) await outside.run("log out of the mesh", scripts.LOGOUT);
  if (own) await hub.run(`remove the node ${own.given_name}`, scripts.deleteNode(own.id));
}

/** The same host, past the mesh that it leaves. @throws HostError where nothing lets this deployment in there */
async function wayOutside(session: Session): Promise<Session> {
  const { otherwise } = session.host;
  if (otherwise) {
    const proof = session.prove({ ...otherwise, patience: OUTSIDE_PATIENCE_SECONDS });
    const opens = await proof.then(
      () => true,
      () => false,
    );
    if (opens) return session.on(otherwise);
  }
  throw session.fail(
    "this deployment comes in through the mesh, so leaving it would shut it out. Give the host an address outside the " +
      "mesh first (and let SSH in there), then remove it from the mesh.",
  );
}

/** By its address there, or by its name where the hub is gone through. */
function comesThroughMesh({ host }: Session, hub: Session, { addresses, node }: MeshMemberState): boolean {
  if (addresses.includes(host.address)) return true;
  return host.jump?.name === hub.host.name && host.address.startsWith(`${node}.`);
}
