import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { builtFolder } from "../../../toolchain/build.ts";

/**
 * Somebody's device: Tailscale on this machine, beside its own network (userspace networking), so that it needs no
 * rights and changes nothing here.
 */
export class MeshDevice {
  readonly #folder: string;
  readonly #daemon: ChildProcess;

  private constructor(folder: string, daemon: ChildProcess) {
    this.#folder = folder;
    this.#daemon = daemon;
  }

  /** @param authority that it is taught to trust, PEM */
  static async start(authority: string): Promise<MeshDevice> {
    const folder = await mkdtemp(join(tmpdir(), "quayside-e2e-device-"));
    const programs = builtFolder("headscale");
    const [socket, trusted, client] = ["socket", "authority.pem", "tailscale"].map((name) => join(folder, name));
    await writeFile(trusted ?? "", authority);
    // As `tailscale` is on a device, where nobody says which daemon is meant.
    await writeFile(client ?? "", `#!/bin/sh\nexec ${join(programs, "tailscale")} --socket ${socket} "$@"\n`);
    await chmod(client ?? "", 0o755);
    const flags = ["--tun=userspace-networking", "--state=mem:", "--port=0", "--no-logs-no-support"];
    const daemon = spawn(join(programs, "tailscaled"), [...flags, `--statedir=${folder}`, `--socket=${socket}`], {
      env: { ...process.env, HOME: folder, SSL_CERT_FILE: trusted },
      stdio: "ignore",
    });
    const device = new MeshDevice(folder, daemon);
    while ((await device.run("tailscale status --json")).code !== 0) await sleep(100);
    return device;
  }

  /** Runs a command line on it, as a person types it. */
  run(line: string): Promise<{ code: number; output: string }> {
    const env = { ...process.env, PATH: [this.#folder, process.env["PATH"] ?? ""].join(delimiter) };
    return new Promise((resolve) => {
      execFile("sh", ["-c", line], { env }, (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === "number" ? error.code : 255) : 0, output: stdout + stderr });
      });
    });
  }

  /** What a port in the mesh says to who asks as a browser does: `SSH-2.0-`, `HTTP/1.0`, or nothing. */
  async hears(host: string, port: number): Promise<string> {
    const ask = "{ printf 'GET / HTTP/1.0\\r\\n\\r\\n'; sleep 4; }";
    return (await this.run(`${ask} | timeout 5 tailscale nc ${host} ${port} 2>/dev/null | head -c 8`)).output;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#daemon.once("exit", resolve));
    this.#daemon.kill();
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
