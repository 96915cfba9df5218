import { DockerEngine } from "../components/docker/engine.ts";
import { Hardening } from "../components/hardening/hardening.ts";
import { web } from "../components/hardening/openings.ts";
import { HetznerCloud } from "../components/server/hetzner-cloud.ts";
import { HetznerServer } from "../components/server/hetzner-server.ts";
import { loadSecrets, sshPublicKey } from "../secrets/load.ts";
import { labSecrets } from "../secrets/schemas.ts";

const secrets = loadSecrets("lab", labSecrets);

const hetzner = new HetznerCloud("hetzner", {
  token: process.env.HCLOUD_TOKEN ?? secrets.hcloud.token,
  endpoint: process.env.HCLOUD_ENDPOINT ?? "http://127.0.0.1:8910/v1",
  deployKey: sshPublicKey(secrets.ssh.privateKey),
  network: { ipRange: "10.0.0.0/16" },
  ephemeral: true,
});
const deployer = ["10.210.0.1/32"];

const core = new HetznerServer("core", {
  cloud: hetzner,
  type: ["cx23", "cpx22"],
  location: ["fsn1", "nbg1"],
  image: "debian-13",
  sshFrom: deployer,
  publicPorts: [80, 443],
  volume: { size: 10 },
});
new Hardening("core-hardening", {
  host: core,
  ssh: { from: deployer },
  openings: web,
  sysctl: "network",
  audit: false,
});
new DockerEngine("core-docker", { host: core, source: "distribution", registryMirrors: ["http://10.210.0.1:5000"] });

export const outputs = { core: core.address };
