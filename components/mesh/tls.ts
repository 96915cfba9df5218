import type * as pulumi from "@pulumi/pulumi";
import type { Network } from "../docker/networks.ts";

/** How members know that they talk to the hub. Made by `internalAuthority` or `behindProxy`. */
export type MeshTls =
  | { kind: "internal"; port: number }
  /** Headscale listens without TLS on this port, for the proxy's network only. */
  | { kind: "proxy"; network: Network; port: number; authority?: pulumi.Input<string> };

/**
 * An authority of the mesh's own, made on the hub; members are taught to trust it, people's devices have to be. For the
 * lab, and where no public name leads to the hub.
 */
export function internalAuthority(options: { /** @default 8443 */ port?: number } = {}): MeshTls {
  return { kind: "internal", port: options.port ?? 8443 };
}

/**
 * A proxy on the hub ends TLS, with a public certificate: give it `publicRoute("vpn.example.org", mesh.http)`.
 *
 * @param network the proxy's network on the hub
 */
export function behindProxy(
  network: Network,
  options: {
    /** @default 8085 */
    port?: number;
    /** The authority of the proxy's certificate, PEM, where systems do not know it. @default one that they know */
    authority?: pulumi.Input<string>;
  } = {},
): MeshTls {
  const { port = 8085, authority } = options;
  return { kind: "proxy", network, port, ...(authority !== undefined && { authority }) };
}
