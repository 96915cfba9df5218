import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lab/command.ts";
import { docker } from "../../../lab/engine.ts";
import { labLabel } from "../../../lab/hosts/public-network.ts";
import { labStatus, resetLab, type StartOptions, startLab } from "../../../lab/main.ts";
import { type QuayOptions, quay, repository } from "./quay.ts";
import type { Run } from "./run.ts";

/** What a machine of the lab is for a test: reached without SSH, so that connections of the deployer can be counted. */
export interface LabMachine {
  /** Its public address. */
  address: string;
  container: string;
  /** Runs a script as root; throws when it fails. @returns its standard output */
  sh(script: string): Promise<string>;
}

/** The parts of the API that a stack's things are listed in. */
export const CLOUD_LISTS = [
  ...["servers", "primary_ips", "volumes", "networks", "firewalls", "ssh_keys", "placement_groups"],
] as const;

/** A lab of its own with the `lab` stack, deployed by `quay`. A lab that a person has on this machine is not touched. */
export class LabPlatform {
  readonly name: string;
  readonly folder: string;
  readonly #network: string;

  private constructor(name: string, folder: string, network: string) {
    this.name = name;
    this.folder = folder;
    this.#network = network;
  }

  /**
   * Starts it, without any server yet; what a test before it left behind is removed first. One per test file.
   *
   * @param index of the file, 0 to 2: labs with the same one cannot run side by side
   */
  static async start(file: string, index: number, options: StartOptions = {}): Promise<LabPlatform> {
    // Two checkouts may test side by side.
    const hash = createHash("sha256").update(repository).digest();
    const name = `e2e-${file}-${hash.toString("hex").slice(0, 4)}`;
    const folder = join(tmpdir(), `quayside-${name}`);
    // What the lab's own functions and quay look at.
    process.env["QUAYSIDE_LAB_NAME"] = name;
    process.env["QUAYSIDE_LAB_DIR"] = folder;
    delete process.env["QUAYSIDE_SSH_KEY_FILE"];
    // Below 10.210.0.0/16, which the lab's public addresses are in.
    const platform = new LabPlatform(name, folder, `10.${96 + index * 32 + ((hash[0] ?? 0) % 32)}.0.0/16`);
    await platform.remove();
    await startLab(undefined, options);
    return platform;
  }

  /** Deploys. @param hello version of the application */
  up({ hello, args = [], ...options }: QuayOptions & { hello?: string; args?: string[] } = {}): Promise<Run> {
    return quay("up", "lab", ["--yes", "--skip-preview", ...this.#settings(hello), ...args], options);
  }

  preview({ hello, args = [], ...options }: QuayOptions & { hello?: string; args?: string[] } = {}): Promise<Run> {
    return quay("preview", "lab", [...this.#settings(hello), ...args], options);
  }

  destroy(options: QuayOptions = {}): Promise<Run> {
    return quay("destroy", "lab", ["--yes", "--skip-preview"], options);
  }

  #settings(hello = "1.0.0"): string[] {
    return ["--config", `quayside:network=${this.#network}`, "--config", `quayside:hello=${hello}`];
  }

  /** A server's machine. @param name as the stack calls it, `core` or `apps` */
  async machine(name: string): Promise<LabMachine> {
    const { hosts } = await labStatus();
    const host = hosts.find((candidate) => candidate.name === `lab-${name}`);
    const containers = await docker(["ps", "--filter", `label=${labLabel}=${this.name}`, "--format", "{{.Names}}"]);
    for (const container of containers.split("\n").filter(Boolean)) {
      if ((await docker(["inspect", "--format", "{{.Config.Hostname}}", container])) !== `lab-${name}`) continue;
      const sh = (script: string) => run("docker", ["exec", "-i", container, "sh", "-eu"], { input: script });
      return { address: host?.address ?? "", container, sh };
    }
    throw new Error(`the lab has no machine ${name}`);
  }

  /** Everything that a list of the cloud's API has. */
  async cloud(list: string): Promise<{ name: string; status?: string }[]> {
    const { api } = await labStatus();
    const answer = await fetch(`${api?.endpoint}/${list}?per_page=50`, {
      headers: { Authorization: `Bearer ${api?.token}` },
    });
    return ((await answer.json()) as Record<string, { name: string }[]>)[list] ?? [];
  }

  /** The stack's state as the backend keeps it, secrets encrypted. */
  stateText(): Promise<string> {
    return readFile(this.stateFile, "utf8");
  }

  get stateFile(): string {
    return join(this.folder, "pulumi/.pulumi/stacks/quayside/lab.json");
  }

  async state(): Promise<{ resources: StateResource[]; pending_operations: { resource: StateResource }[] }> {
    const { checkpoint } = JSON.parse(await this.stateText());
    return { resources: [], pending_operations: [], ...checkpoint.latest };
  }

  /** Removes the lab, whatever it has. */
  async remove(): Promise<void> {
    await resetLab();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}
