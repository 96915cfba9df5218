import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { Script } from "../../provider/script/resource.ts";
import { onHost } from "../server/host.ts";
import { IMAGES } from "../services/images.ts";
import type { CaddyArgs } from "./caddy.ts";

/** Caddy's modules for DNS vendors: the versions that are tested, Hetzner's by the library that it is made of. */
const MODULES = [
  "github.com/caddy-dns/cloudflare@v0.2.2",
  "github.com/caddy-dns/hetzner/v2@v2.0.1",
  "github.com/caddy-dns/ovh@v1.1.0",
];

/** The Dockerfile is Caddy's documented way to add modules. */
const DOCKERFILE = [
  `FROM ${IMAGES.caddy}-builder AS builder`,
  `RUN xcaddy build v${IMAGES.caddy.split(":")[1]} ${MODULES.map((module) => `--with ${module}`).join(" ")} --output /usr/bin/caddy`,
  `FROM ${IMAGES.caddy}`,
  "COPY --from=builder /usr/bin/caddy /usr/bin/caddy",
].join("\n");

/**
 * Caddy with the modules of DNS vendors. No registry has the name `localhost`: it is built on the host that needs it, anew
 * whenever it is to be built of something else.
 */
export const DNS_IMAGE = `localhost/caddy-dns:${createHash("sha256").update(DOCKERFILE).digest("hex").slice(0, 12)}`;

/** Builds Caddy with the modules of DNS vendors on the host, from Caddy's own images, where `dns01` needs it. */
export function dnsImage(name: string, { acme, image, host }: CaddyArgs) {
  return (opts: pulumi.CustomResourceOptions): pulumi.Resource[] => {
    if (acme.kind !== "dns01" || image !== undefined) return [];
    const script = new Script(
      `${name}-image`,
      {
        host: host.connection,
        observe: `docker image inspect ${DNS_IMAGE} >/dev/null 2>&1 && echo there || echo missing`,
        wanted: "there",
        apply: `docker build --quiet --tag ${DNS_IMAGE} - <<'DOCKERFILE'\n${DOCKERFILE}\nDOCKERFILE`,
      },
      { ...opts, ...onHost(host, { dependsOn: host.facilities.docker }) },
    );
    return [script];
  };
}
