/** Production: machines that exist at OVH, at Ionos and at home, and an application server at Hetzner. */
import { ExistingServer } from "../components/server/existing-server.ts";
import { HetznerCloud } from "../components/server/hetzner-cloud.ts";
import { HetznerServer } from "../components/server/hetzner-server.ts";
import { Bucket } from "../components/storage/bucket.ts";
import { hetznerObjectStorage } from "../components/storage/object-store.ts";
import { loadSecrets, sshPublicKey } from "../secrets/load.ts";
import { platformSecrets } from "../secrets/schemas.ts";
import { declarePlatform } from "./shared/platform.ts";

const secrets = loadSecrets("prod", platformSecrets);
/** The operators' fixed address, and the mesh. */
const operators = ["203.0.113.7/32", "100.64.0.0/10"];

const hetzner = new HetznerCloud("hetzner", {
  token: secrets.hcloud.token,
  deployKey: sshPublicKey(secrets.ssh.privateKey),
});

const apps = new HetznerServer("prod-apps", {
  cloud: hetzner,
  type: ["cx23", "cpx22"],
  location: ["fsn1", "nbg1"],
  sshFrom: operators,
  publicPorts: [80, 443],
  volume: { size: 20 },
});

const hub = new ExistingServer("seko-vpn", { address: "203.0.113.20" });

declarePlatform({
  core: new ExistingServer("sese-ai", {
    address: "203.0.113.10",
    ssh: { address: "core.mesh.example.org", port: 804, jump: hub },
  }),
  hub,
  workstation: new ExistingServer("waza", {
    address: "100.64.0.3",
    user: "deploy",
    arch: "arm64",
    release: { distribution: "debian", codename: "trixie" },
  }),
  apps,
  zone: "example.org",
  domain: "example.org",
  operators,
  acmeEmail: "ops@example.org",
  secrets,
});

const objects = hetznerObjectStorage("fsn1", secrets.s3);
new Bucket("backups", {
  store: objects,
  bucket: "example-org-backups",
  versioning: true,
  lifecycle: { old: { expireVersionsDays: 30, abortUploadsDays: 7 } },
});
new Bucket("attachments", { store: objects, bucket: "example-org-attachments", versioning: true });

export const outputs = { apps: apps.address };
