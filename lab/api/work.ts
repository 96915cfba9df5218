/**
 * What each action does to the machines. The state already says what is wanted when an action starts; its work brings the
 * machines there and is repeatable, so that an action which a crash interrupted is simply run again.
 */
import type { ServerSpec } from "../hosts/driver.ts";
import { ActionFailure, type Work } from "./actions.ts";
import type { Cloud } from "./cloud.ts";
import { mergedRules } from "./firewalling.ts";
import { findImage, findServerType } from "./offers.ts";
import type { ActionRecord, ServerRecord, ServerState, VolumeRecord } from "./state.ts";

/** Actions that only change what the API says. */
const NOTHING_TO_DO = [
  "change_protection",
  "change_dns_ptr",
  "change_alias_ips",
  "change_ip_range",
  "enable_backup",
  "disable_backup",
  "add_subnet",
  "delete_subnet",
  "add_route",
  "delete_route",
  "create_primary_ip",
  "add_to_placement_group",
  "remove_from_placement_group",
  "set_firewall_rules",
  "create_zone",
  "delete_zone",
  "change_ttl",
  "create_rrset",
  "delete_rrset",
  "change_rrset_protection",
  "change_rrset_ttl",
  "set_rrset_records",
  "add_rrset_records",
  "update_rrset_records",
  "remove_rrset_records",
];

export function registerWork(cloud: Cloud): void {
  const { actions, driver, state, store } = cloud;

  const server = (action: ActionRecord): ServerRecord => {
    const found = state.servers[resourceId(action, "server")];
    if (!found) throw new ActionFailure("server_not_found", `server ${resourceId(action, "server")} does not exist`);
    return found;
  };
  const volume = (action: ActionRecord): VolumeRecord => {
    const found = state.volumes[resourceId(action, "volume")];
    if (!found) throw new ActionFailure("volume_not_found", `volume ${resourceId(action, "volume")} does not exist`);
    return found;
  };
  const become = (record: ServerRecord, status: ServerState): void => {
    record.status = status;
    store.save();
  };
  const applyFirewall = async (record: ServerRecord): Promise<void> => {
    await driver.applyFirewall(record.id, mergedRules(state, record));
  };
  /** Firewall rules live in the host's kernel below the machine and are set again whenever it has come up. */
  const start = async (record: ServerRecord): Promise<void> => {
    become(record, "starting");
    await driver.start(record.id);
    await applyFirewall(record);
    become(record, "running");
  };
  const stop = async (record: ServerRecord, graceful: boolean): Promise<void> => {
    become(record, "stopping");
    await driver.stop(record.id, graceful);
    become(record, "off");
  };
  const restart = async (record: ServerRecord, work: () => Promise<void>): Promise<void> => {
    become(record, "stopping");
    await work();
    await applyFirewall(record);
    become(record, "running");
  };

  for (const command of NOTHING_TO_DO) actions.register(command, async () => {});

  actions.register(
    "create_server",
    async (action) => {
      const record = server(action);
      await driver.create(serverSpec(cloud, record));
      await applyFirewall(record);
      if (action.params.start === false) await driver.stop(record.id, false);
      become(record, action.params.start === false ? "off" : "running");
    },
    // As in the real cloud, a server that could not be made is not left behind as a broken one.
    async (action) => {
      const record = state.servers[resourceId(action, "server")];
      if (!record) return;
      await driver.destroy(record.id);
      forgetServer(cloud, record);
      store.save();
    },
  );
  actions.register("start_server", async (action) => {
    const record = server(action);
    if (record.status !== "running") await start(record);
  });
  actions.register("stop_server", (action) => stop(server(action), false));
  actions.register("shutdown_server", (action) => stop(server(action), true));
  actions.register("reboot_server", (action) => restart(server(action), () => driver.reboot(server(action).id)));
  actions.register("reset_server", (action) =>
    restart(server(action), async () => {
      await driver.stop(server(action).id, false);
      await driver.start(server(action).id);
    }),
  );
  actions.register("rebuild_server", async (action) => {
    const record = server(action);
    become(record, "rebuilding");
    await driver.rebuild(serverSpec(cloud, record));
    await applyFirewall(record);
    become(record, "running");
  });
  actions.register("change_server_type", async (action) => {
    const type = findServerType(server(action).serverType);
    await driver.setSize(server(action).id, type.cores, type.memory);
  });
  const setAddress: Work = async (action) => {
    const record = server(action);
    await driver.setAddress(record.id, state.primaryIps[record.ipv4 ?? 0]?.ip);
  };
  actions.register("assign_primary_ip", setAddress);
  actions.register("unassign_primary_ip", setAddress);
  actions.register("delete_server", async (action) => {
    const record = server(action);
    become(record, "deleting");
    await driver.destroy(record.id);
    forgetServer(cloud, record);
  });

  actions.register(
    "attach_to_network",
    async (action) => {
      const network = resourceId(action, "network");
      const net = server(action).privateNets.find((it) => it.network === network);
      if (net) await driver.attachNetwork(server(action).id, network, net.ip);
    },
    async (action) => {
      const record = server(action);
      record.privateNets = record.privateNets.filter((net) => net.network !== resourceId(action, "network"));
    },
  );
  actions.register("detach_from_network", async (action) => {
    await driver.detachNetwork(server(action).id, resourceId(action, "network"));
  });

  actions.register("create_volume", async (action) => {
    const record = volume(action);
    await driver.createVolume(record.id, record.size, record.format ?? undefined);
    record.status = "available";
  });
  actions.register("resize_volume", async (action) => {
    const record = volume(action);
    await driver.createVolume(record.id, record.size, record.format ?? undefined);
  });
  const attachVolume: Work = async (action) => {
    const record = volume(action);
    if (record.server === null) return;
    record.linuxDevice = await driver.attachVolume(record.server, record.id, record.automount);
  };
  actions.register("attach_volume", attachVolume, async (action) => {
    volume(action).server = null;
  });
  actions.register("detach_volume", async (action) => {
    await driver.detachVolume(resourceId(action, "server"), resourceId(action, "volume"));
  });

  const refreshFirewall: Work = async (action) => applyFirewall(server(action));
  actions.register("apply_firewall", refreshFirewall);
  actions.register("remove_firewall", refreshFirewall);
}

export function resourceId(action: ActionRecord, type: string): number {
  const found = action.resources.find((resource) => resource.type === type);
  if (!found) throw new Error(`the action ${action.command} names no ${type}`);
  return found.id;
}

function serverSpec(cloud: Cloud, server: ServerRecord): ServerSpec {
  const type = findServerType(server.serverType);
  const ip = (id: number | null): string | undefined => (id === null ? undefined : cloud.state.primaryIps[id]?.ip);
  const volumes = Object.values(cloud.state.volumes).filter((volume) => volume.server === server.id);
  return {
    id: server.id,
    name: server.name,
    image: findImage(server.image).name,
    cores: type.cores,
    memoryGb: type.memory,
    ...(server.userData === null ? {} : { userData: server.userData }),
    sshKeys: server.sshKeys,
    ...(ip(server.ipv4) ? { ipv4: ip(server.ipv4) } : {}),
    ...(ip(server.ipv6) ? { ipv6: ip(server.ipv6) } : {}),
    networks: server.privateNets.map((net) => ({ id: net.network, ip: net.ip })),
    volumes: volumes.map((volume) => ({ id: volume.id, automount: volume.automount })),
  };
}

/** Volumes and kept addresses outlive their server; addresses with `auto_delete` go with it. */
function forgetServer(cloud: Cloud, server: ServerRecord): void {
  const { state } = cloud;
  for (const volume of Object.values(state.volumes)) {
    if (volume.server === server.id) volume.server = null;
  }
  for (const ip of Object.values(state.primaryIps)) {
    if (ip.assignee !== server.id) continue;
    if (ip.autoDelete) delete state.primaryIps[ip.id];
    else ip.assignee = null;
  }
  for (const firewall of Object.values(state.firewalls)) {
    firewall.servers = firewall.servers.filter((id) => id !== server.id);
  }
  delete state.servers[server.id];
}
