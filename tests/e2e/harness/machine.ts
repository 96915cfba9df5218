import { randomBytes, randomInt } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../lab/command.ts";
import { docker, ensureEngine } from "../../../lab/engine.ts";
import { ensureHostImage, hostImage } from "../../../lab/hosts/host-image.ts";
import { ensurePublicNetwork, labLabel, publicNetwork } from "../../../lab/hosts/public-network.ts";

/** A machine of the lab that belongs to one test file. */
export interface Machine {
  address: string;
  /** Runs a script as root inside, without SSH. */
  execute(script: string): Promise<string>;
  remove(): Promise<void>;
}

/** Addresses that no lab gives to its servers. */
const address = () => `10.210.${randomInt(240, 250)}.${randomInt(2, 250)}`;

/** Boots one, with `publicKey` let in as root. @param folder for what it is seeded with */
export async function makeMachine(name: string, publicKey: string, folder: string): Promise<Machine> {
  await ensureEngine();
  await ensureHostImage();
  await ensurePublicNetwork("e2e");
  const container = `quayside-e2e-${name}-${randomBytes(3).toString("hex")}`;
  const seed = join(folder, "seed");
  await mkdir(seed, { recursive: true });
  await writeFile(
    join(seed, "meta-data"),
    `instance-id: ${container}\nlocal-hostname: ${name}\npublic-keys:\n  - ${publicKey.trim()}\n`,
  );
  await writeFile(join(seed, "user-data"), "#cloud-config\n{}\n");
  await run("cp", ["/etc/resolv.conf", join(folder, "resolv.conf")]);
  const ip = address();
  await docker([
    ...["run", "--detach", "--name", container, "--hostname", name, "--label", `${labLabel}=e2e`],
    ...["--network", publicNetwork, "--ip", ip],
    ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--cgroupns=host"],
    ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((o) => ["--security-opt", o]),
    ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "-v", "/var/lib/docker", "-v", "/sys/fs/cgroup:/sys/fs/cgroup:rw"],
    ...["--device", "/dev/net/tun", "-e", "container=docker", "-v", `${folder}:/var/lib/quayside-lab:ro`, hostImage],
  ]);
  return {
    address: ip,
    execute: (script) => run("docker", ["exec", "-i", container, "sh", "-euc", 'eval "$(cat)"'], { input: script }),
    remove: async () => {
      await docker(["rm", "--force", "--volumes", container]);
    },
  };
}
