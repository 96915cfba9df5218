import type * as pulumi from "@pulumi/pulumi";
import { Script } from "../../provider/script/resource.ts";
import { onHost } from "../server/host.ts";
import { IMAGES } from "../services/images.ts";
import type { CaddyArgs } from "./caddy.ts";

/** Caddy's modules for DNS vendors: the versions that are tested. */
const MODULES = [
  "github.com/caddy-dns/cloudflare@v0.2.2",
  "github.com/caddy-dns/hetzner@v1.0.0",
  "github.com/caddy-dns/ovh@v1.1.0",
];

/** Builds Caddy with the modules of DNS vendors on the host, from Caddy's own images, where `dns01` needs it. */
export function dnsImage(name: string, { acme, image, host }: CaddyArgs) {
  return (opts: pulumi.CustomResourceOptions): pulumi.Resource[] => {
    if (acme.kind !== "dns01" || image !== undefined) return [];
    const script = new Script(
      `${name}-image`,
      { host: host.connection, observe: observeImage(IMAGES.caddyDns), wanted: "there", apply: buildImage() },
      { ...opts, ...onHost(host, { dependsOn: host.facilities.docker }) },
    );
    return [script];
  };
}

function observeImage(image: string): string {
  return `docker image inspect ${image} >/dev/null 2>&1 && echo there || echo missing`;
}

/** The Dockerfile is Caddy's documented way to add modules. */
function buildImage(): string {
  const modules = MODULES.map((module) => `--with ${module}`).join(" ");
  const version = IMAGES.caddy.split(":")[1];
  return [
    `docker build --quiet --tag ${IMAGES.caddyDns} - <<'DOCKERFILE'`,
    `FROM ${IMAGES.caddy}-builder AS builder`,
    `RUN xcaddy build v${version} ${modules} --output /usr/bin/caddy`,
    `FROM ${IMAGES.caddy}`,
    "COPY --from=builder /usr/bin/caddy /usr/bin/caddy",
    "DOCKERFILE",
  ].join("\n");
}
