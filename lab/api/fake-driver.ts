import type { FirewallRule, ServerDriver, ServerSpec, ServerStatus } from "../hosts/driver.ts";

/** Machines that exist in memory only, for unit tests of the API. */
export class FakeDriver implements ServerDriver {
  readonly machines = new Map<number, { spec: ServerSpec; status: ServerStatus }>();
  readonly networks = new Map<number, string>();
  readonly volumes = new Map<number, number>();
  readonly firewalls = new Map<number, FirewallRule[] | null>();
  readonly calls: string[] = [];
  /** When set, `create` waits for it: a test can look at a cloud in the middle of an action. */
  gate: Promise<void> = Promise.resolve();

  async create(spec: ServerSpec): Promise<void> {
    this.calls.push(`create ${spec.name}`);
    await this.gate;
    this.machines.set(spec.id, { spec, status: "running" });
  }

  async start(id: number): Promise<void> {
    this.#set(id, "running");
  }

  async stop(id: number): Promise<void> {
    this.#set(id, "off");
  }

  async reboot(id: number): Promise<void> {
    this.#set(id, "running");
  }

  async destroy(id: number): Promise<void> {
    this.machines.delete(id);
  }

  async rebuild(spec: ServerSpec): Promise<void> {
    this.calls.push(`rebuild ${spec.name} ${spec.image}`);
    this.machines.set(spec.id, { spec, status: "running" });
  }

  async status(id: number): Promise<ServerStatus> {
    return this.machines.get(id)?.status ?? "missing";
  }

  async setAddress(id: number, ipv4: string | undefined): Promise<void> {
    const machine = this.machines.get(id);
    if (!machine) return;
    const { ipv4: _before, ...spec } = machine.spec;
    machine.spec = ipv4 === undefined ? spec : { ...spec, ipv4 };
  }

  async setSize(id: number, cores: number, memoryGb: number): Promise<void> {
    const machine = this.machines.get(id);
    if (machine) machine.spec = { ...machine.spec, cores, memoryGb };
  }

  async createNetwork(id: number, ipRange: string): Promise<void> {
    this.networks.set(id, ipRange);
  }

  async destroyNetwork(id: number): Promise<void> {
    this.networks.delete(id);
  }

  async attachNetwork(server: number, network: number, ip: string): Promise<void> {
    this.calls.push(`attachNetwork ${server} ${network} ${ip}`);
  }

  async detachNetwork(server: number, network: number): Promise<void> {
    this.calls.push(`detachNetwork ${server} ${network}`);
  }

  async createVolume(id: number, sizeGb: number): Promise<void> {
    this.volumes.set(id, sizeGb);
  }

  async destroyVolume(id: number): Promise<void> {
    this.volumes.delete(id);
  }

  async attachVolume(_server: number, volume: number): Promise<string> {
    return `/dev/disk/by-id/scsi-0HC_Volume_${volume}`;
  }

  async detachVolume(server: number, volume: number): Promise<void> {
    this.calls.push(`detachVolume ${server} ${volume}`);
  }

  async applyFirewall(server: number, rules: FirewallRule[] | null): Promise<void> {
    this.firewalls.set(server, rules);
  }

  #set(id: number, status: ServerStatus): void {
    const machine = this.machines.get(id);
    if (!machine) throw new Error(`no machine ${id}`);
    machine.status = status;
  }
}
