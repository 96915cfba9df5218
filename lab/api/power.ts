import type { Cloud } from "./cloud.ts";
import type { ServerRecord } from "./state.ts";

/** How old an observation may be before machines are looked at again, in milliseconds. */
const FRESH_MS = 2000;

const observed = new WeakMap<ServerRecord, number>();

/** Servers can be switched off from within (`shutdown -h now`): what the API says follows the machines. */
export async function observeStatus(cloud: Cloud, servers: readonly ServerRecord[]): Promise<void> {
  const now = Date.now();
  const due = servers.filter(
    (server) => !cloud.actions.isBusy("server", server.id) && now - (observed.get(server) ?? 0) > FRESH_MS,
  );
  await Promise.all(
    due.map(async (server) => {
      const status = await cloud.driver.status(server.id);
      observed.set(server, now);
      if (cloud.actions.isBusy("server", server.id)) return;
      server.status = status === "missing" ? "unknown" : status;
    }),
  );
}

/**
 * After a start of the emulator: machines that should run are started, networks are there, interrupted actions go on.
 *
 * Actions go first in their own order; a server that one of them works on is left to it.
 */
export async function resumeCloud(cloud: Cloud): Promise<void> {
  const { actions, driver, state, store } = cloud;
  for (const network of Object.values(state.networks)) await driver.createNetwork(network.id, network.ipRange);
  const busy = new Set(actions.running().flatMap((action) => action.resources.map((it) => `${it.type} ${it.id}`)));
  actions.resume();
  for (const server of Object.values(state.servers)) {
    if (busy.has(`server ${server.id}`)) continue;
    const status = await driver.status(server.id);
    if (status === "missing") {
      cloud.log(`server ${server.name} (${server.id}) has lost its machine`);
      server.status = "unknown";
    } else if (server.status === "running" || server.status === "unknown") {
      // Again when it runs already: its firewall may be gone with the machine below it.
      server.status = "off";
      actions.start("start_server", [{ id: server.id, type: "server" }]);
    } else {
      server.status = status;
    }
  }
  store.save();
}
