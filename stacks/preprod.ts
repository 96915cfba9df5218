/** Production's platform on servers at Hetzner that live for an afternoon. */
import * as pulumi from "@pulumi/pulumi";
import { HetznerCloud } from "../components/server/hetzner-cloud.ts";
import { HetznerServer } from "../components/server/hetzner-server.ts";
import { loadSecrets, sshPublicKey } from "../secrets/load.ts";
import { platformSecrets } from "../secrets/schemas.ts";
import { declarePlatform } from "./shared/platform.ts";

const secrets = loadSecrets("preprod", platformSecrets);
const operators = ["203.0.113.7/32", "100.64.0.0/10"];

const hetzner = new HetznerCloud("hetzner", {
  token: secrets.hcloud.token,
  deployKey: sshPublicKey(secrets.ssh.privateKey),
  network: { ipRange: "10.0.0.0/16" },
  ephemeral: { lifetime: "8h", priceCeiling: 80 },
});

const server = {
  cloud: hetzner,
  type: ["cx23", "cpx22"],
  location: ["fsn1", "nbg1"],
  sshFrom: operators,
  publicPorts: [80, 443],
};
const domain = `${pulumi.getStack()}.example.org`;
const hub = new HetznerServer("hub", { ...server, publicPorts: [80, 443, "3478/udp"] });
const core = new HetznerServer("core", {
  ...server,
  type: ["cx33", "cpx32"],
  ssh: { address: `core.mesh.${domain}`, port: 804, jump: hub },
});
const apps = new HetznerServer("apps", server);

declarePlatform({
  core,
  hub,
  apps,
  zone: "example.org",
  domain,
  operators,
  acmeEmail: "ops@example.org",
  secrets,
});

export const outputs = { core: core.address, hub: hub.address, apps: apps.address };
