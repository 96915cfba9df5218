import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { docker } from "../engine.ts";
import { labRoot } from "../places.ts";
import { firewallScript } from "./cloud-firewall.ts";
import type { FirewallRule, ServerDriver, ServerSpec, ServerStatus } from "./driver.ts";
import { hostImage, hostImageNames } from "./host-image.ts";
import { containerName, createArguments, limitArguments, networkName } from "./machine.ts";
import { ensurePublicNetwork, labLabel, networkExists, publicNetwork } from "./public-network.ts";
import { type ServerRecord, ServerRecords } from "./records.ts";
import { deviceList, metaData, resolvConf, userData } from "./seed.ts";
import {
  automountScript,
  closeDevice,
  createImage,
  devicePath,
  deviceScript,
  openDevice,
  releaseScript,
} from "./volumes.ts";

/** Seconds that a host gets to shut down before it is switched off. */
const gracefulStop = 30;

/** Where a lab's machines keep their seeds and volumes, unless told otherwise. */
export function machinesDir(labName: string): string {
  return join(labRoot(), "machines", labName);
}

/** The driver for a lab's machines. */
export function createDriver(labName: string, stateDir = machinesDir(labName)): ServerDriver {
  return new DockerServerDriver(labName, stateDir);
}

/** Servers as systemd containers of the local Docker engine. */
class DockerServerDriver implements ServerDriver {
  readonly #lab: string;
  readonly #root: string;
  readonly #records: ServerRecords;
  readonly #turns = new Map<number, Promise<unknown>>();

  constructor(labName: string, stateDir: string) {
    this.#lab = labName;
    this.#root = stateDir;
    this.#records = new ServerRecords(join(stateDir, "servers"));
  }

  /** Steps on one server follow each other; different servers do not wait. */
  #inTurn<T>(server: number, step: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(server) ?? Promise.resolve();
    const turn = before.then(step, step);
    this.#turns.set(
      server,
      turn.catch(() => {}),
    );
    return turn;
  }

  #container(server: number): string {
    return containerName(this.#lab, server);
  }

  #volumeFile(volume: number): string {
    return join(this.#root, "volumes", `${volume}.img`);
  }

  create(spec: ServerSpec): Promise<void> {
    return this.#inTurn(spec.id, async () => {
      if ((await this.status(spec.id)) === "running") return;
      await this.#removeContainer(spec.id);
      try {
        await this.#make(spec, null);
      } catch (error) {
        await this.#removeContainer(spec.id);
        await this.#records.remove(spec.id);
        throw error;
      }
    });
  }

  rebuild(spec: ServerSpec): Promise<void> {
    return this.#inTurn(spec.id, async () => {
      const { firewall } = await this.#records.read(spec.id);
      await this.#removeContainer(spec.id);
      await this.#make(spec, firewall);
    });
  }

  async #make(spec: ServerSpec, firewall: FirewallRule[] | null): Promise<void> {
    if (!hostImageNames.includes(spec.image)) {
      throw new Error(`Image "${spec.image}" does not boot in the lab; these do: ${hostImageNames.join(", ")}`);
    }
    await ensurePublicNetwork(this.#lab);
    const { userData: given, networks, volumes, ...kept } = spec;
    const record: ServerRecord = { spec: kept, volumes, firewall };
    await this.#records.write(spec.id, record);
    await this.#records.writeFile(spec.id, "seed/meta-data", metaData(spec, `${spec.id}-${randomUUID().slice(0, 8)}`));
    await this.#records.writeFile(spec.id, "seed/user-data", userData(given));
    await docker(createArguments(this.#lab, spec, this.#records.folder(spec.id), hostImage));
    for (const { id, ip } of networks) await this.#connect(spec.id, id, ip);
    await this.#start(spec.id);
    for (const { id } of volumes.filter(({ automount }) => automount)) {
      // The machine makes its device nodes as it boots; this may come before that.
      const device = await openDevice(id, this.#volumeFile(id));
      await this.#shell(spec.id, deviceScript(device) + automountScript(id));
    }
  }

  start(id: number): Promise<void> {
    return this.#inTurn(id, () => this.#start(id));
  }

  /** Lays out what the host's first process reads, then starts it; a machine that was off may have lost its devices. */
  async #start(id: number): Promise<void> {
    const record = await this.#records.read(id);
    const devices = [];
    for (const volume of record.volumes) devices.push(await openDevice(volume.id, this.#volumeFile(volume.id)));
    await this.#records.writeFile(id, "volumes", deviceList(devices));
    await this.#records.writeFile(id, "resolv.conf", await resolvers());
    await this.#records.writeFile(id, "firewall.nft", firewallScript(record.firewall));
    await docker(["start", this.#container(id)]);
  }

  stop(id: number, graceful: boolean): Promise<void> {
    return this.#inTurn(id, () => this.#stop(id, graceful));
  }

  async #stop(id: number, graceful: boolean): Promise<void> {
    if ((await this.status(id)) !== "running") return;
    const how = graceful ? ["stop", "--time", String(gracefulStop)] : ["kill"];
    await docker([...how, this.#container(id)]);
  }

  reboot(id: number): Promise<void> {
    return this.#inTurn(id, async () => {
      await this.#stop(id, true);
      await this.#start(id);
    });
  }

  destroy(id: number): Promise<void> {
    return this.#inTurn(id, async () => {
      await this.#removeContainer(id);
      await this.#records.remove(id);
    });
  }

  async #removeContainer(id: number): Promise<void> {
    if ((await this.status(id)) === "missing") return;
    await docker(["rm", "--force", "--volumes", this.#container(id)]);
  }

  async status(id: number): Promise<ServerStatus> {
    const filters = ["--filter", `label=${labLabel}=${this.#lab}`, "--filter", `label=${labLabel}.server=${id}`];
    const state = await docker(["ps", "--all", ...filters, "--format", "{{.State}}"]);
    if (state === "") return "missing";
    return state === "running" ? "running" : "off";
  }

  setAddress(id: number, ipv4: string | undefined): Promise<void> {
    return this.#inTurn(id, async () => {
      const record = await this.#records.read(id);
      const { ipv4: _before, ...spec } = record.spec;
      await this.#records.write(id, { ...record, spec: ipv4 === undefined ? spec : { ...spec, ipv4 } });
      const attached = await this.#networks(id);
      if (attached[publicNetwork]?.IPAMConfig?.IPv4Address === ipv4 && ipv4 !== undefined) return;
      const container = this.#container(id);
      if (attached[publicNetwork] !== undefined) await docker(["network", "disconnect", publicNetwork, container]);
      if (ipv4 === undefined) {
        // Without any network, Docker would start it in the one that it was created in.
        if (Object.keys(attached).length <= 1) await docker(["network", "connect", "none", container]);
        return;
      }
      if (attached.none !== undefined) await docker(["network", "disconnect", "none", container]);
      await docker(["network", "connect", "--ip", ipv4, publicNetwork, container]);
    });
  }

  setSize(id: number, cores: number, memoryGb: number): Promise<void> {
    return this.#inTurn(id, async () => {
      const record = await this.#records.read(id);
      await this.#records.write(id, { ...record, spec: { ...record.spec, cores, memoryGb } });
      await docker(["update", ...limitArguments({ cores, memoryGb }), this.#container(id)]);
    });
  }

  async createNetwork(id: number, ipRange: string): Promise<void> {
    const name = networkName(this.#lab, id);
    if (await networkExists(name)) return;
    const create = docker([
      ...["network", "create", "--internal", "--subnet", ipRange, "--label", `${labLabel}=${this.#lab}`],
      // This machine is no member of the network, and its own routes must not change.
      ...["--opt", "com.docker.network.bridge.inhibit_ipv4=true"],
      name,
    ]);
    await create.catch((error: Error) => {
      if (!/Pool overlaps/.test(error.message)) throw error;
      throw new Error(
        `Private network ${id}: the range ${ipRange} is taken on this machine. Docker networks may not overlap: ` +
          "reset the other lab that uses it, or choose another range",
      );
    });
  }

  async destroyNetwork(id: number): Promise<void> {
    const name = networkName(this.#lab, id);
    if (await networkExists(name)) await docker(["network", "rm", name]);
  }

  attachNetwork(server: number, network: number, ip: string): Promise<void> {
    return this.#inTurn(server, () => this.#connect(server, network, ip));
  }

  async #connect(server: number, network: number, ip: string): Promise<void> {
    const name = networkName(this.#lab, network);
    const attached = await this.#networks(server);
    const present = attached[name];
    if (present?.IPAMConfig?.IPv4Address === ip) return;
    if (present !== undefined) await docker(["network", "disconnect", name, this.#container(server)]);
    // "none" is how a container without a public address starts; Docker lets it have no other network beside it.
    if (attached.none !== undefined) await docker(["network", "disconnect", "none", this.#container(server)]);
    await docker(["network", "connect", "--ip", ip, name, this.#container(server)]);
  }

  async #networks(server: number): Promise<Record<string, { IPAMConfig?: { IPv4Address?: string } | null }>> {
    return JSON.parse(
      await docker(["inspect", "--format", "{{json .NetworkSettings.Networks}}", this.#container(server)]),
    );
  }

  detachNetwork(server: number, network: number): Promise<void> {
    return this.#inTurn(server, async () => {
      if ((await this.status(server)) === "missing") return;
      const name = networkName(this.#lab, network);
      if ((await this.#networks(server))[name] === undefined) return;
      await docker(["network", "disconnect", name, this.#container(server)]);
    });
  }

  createVolume(id: number, sizeGb: number, format?: "ext4" | "xfs"): Promise<void> {
    return createImage(this.#volumeFile(id), sizeGb, format);
  }

  async destroyVolume(id: number): Promise<void> {
    await closeDevice(this.#volumeFile(id));
    await rm(this.#volumeFile(id), { force: true });
  }

  attachVolume(server: number, volume: number, automount: boolean): Promise<string> {
    return this.#inTurn(server, async () => {
      const record = await this.#records.read(server);
      const volumes = [...record.volumes.filter((entry) => entry.id !== volume), { id: volume, automount }];
      const device = await openDevice(volume, this.#volumeFile(volume));
      await this.#records.write(server, { ...record, volumes });
      if ((await this.status(server)) === "running") {
        await this.#shell(server, deviceScript(device) + (automount ? automountScript(volume) : ""));
      }
      return devicePath(volume);
    });
  }

  detachVolume(server: number, volume: number): Promise<void> {
    return this.#inTurn(server, async () => {
      const record = await this.#records.read(server).catch(() => undefined);
      if (record === undefined) return;
      if ((await this.status(server)) === "running") await this.#shell(server, releaseScript(volume));
      const volumes = record.volumes.filter((entry) => entry.id !== volume);
      await this.#records.write(server, { ...record, volumes });
    });
  }

  applyFirewall(server: number, rules: FirewallRule[] | null): Promise<void> {
    return this.#inTurn(server, async () => {
      const script = firewallScript(rules);
      await this.#records.write(server, { ...(await this.#records.read(server)), firewall: rules });
      await this.#records.writeFile(server, "firewall.nft", script);
      if ((await this.status(server)) === "running") await this.#shell(server, "/usr/lib/quayside-lab/cloud-firewall");
    });
  }

  /** Runs a POSIX script as root in the host. */
  async #shell(server: number, script: string): Promise<void> {
    await docker(["exec", "--interactive", this.#container(server), "sh", "-s"], { input: script });
  }
}

async function resolvers(): Promise<string> {
  // systemd-resolved keeps the real servers beside the stub that /etc/resolv.conf names.
  const candidates = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
  return resolvConf(await Promise.all(candidates.map((file) => readFile(file, "utf8").catch(() => ""))));
}
