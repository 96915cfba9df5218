import type * as pulumi from "@pulumi/pulumi";
import { ContainerService } from "./container-service.ts";
import type { ServiceArgs } from "./service-args.ts";

/**
 * A service in a container. Secure unless it says otherwise: it has no capabilities, gains no privileges, is reached on
 * its networks only, keeps its secrets in a file for root, and cannot eat the host's memory or disk.
 *
 * Refused in a preview, all at once: an image without a tag or with `latest`, a missing health check, an unknown
 * network or one of another host, a port open to the outside, a secret in `env`, a name or port that another has.
 *
 * @example
 * ```ts
 * const hello = new Service("hello", {
 *   host: core,
 *   image: "quayside/hello:1.0.0",
 *   networks: [net.frontend, net.backend],
 *   http: 8080,
 *   health: httpHealth(8080, "/healthz"),
 *   secretEnv: { DATABASE_URL: postgres.database("hello").url },
 *   needs: [postgres.database("hello")],
 * });
 * ```
 */
export class Service extends ContainerService {
  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(name, args, { type: "services:Service" }, opts);
    this.registerOutputs();
  }
}
