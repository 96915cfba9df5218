import * as pulumi from "@pulumi/pulumi";
import type { HostResourceArgs } from "../resource.ts";

/** What a vantage has to find: the service itself, or a refusal by the proxy (or nobody at all). */
export type Expectation = "served" | "refused";

/** One request, and what has to come of it from each vantage; one that is left out is not tried. */
export interface ProbedRoute {
  /** Hostname that is asked for, in TLS and in HTTP. */
  hostname: pulumi.Input<string>;
  /** Path that is asked for. @default "/" */
  path?: pulumi.Input<string>;
  /** @default "GET" */
  method?: pulumi.Input<"GET" | "OPTIONS">;
  /** A header that the request brings along, such as a token. */
  header?: pulumi.Input<{ name: pulumi.Input<string>; value: pulumi.Input<string> }>;
  /** From the machine that deploys. */
  outside?: pulumi.Input<Expectation>;
  /** From `host`, to an address in the mesh. */
  mesh?: pulumi.Input<Expectation>;
  /** From a container of `host`. */
  container?: pulumi.Input<Expectation>;
}

export interface ProbeArgs extends HostResourceArgs {
  /** Requests by a name of their own, which messages use: `n8n.example.org/`. */
  routes: pulumi.Input<Record<string, pulumi.Input<ProbedRoute>>>;
  /** Addresses of the proxy as each vantage reaches it; every one of them is tried. */
  addresses: pulumi.Input<{
    outside?: pulumi.Input<pulumi.Input<string>[]>;
    mesh?: pulumi.Input<pulumi.Input<string>[]>;
    container?: pulumi.Input<pulumi.Input<string>[]>;
  }>;
  /** Name of the container whose place in the network the vantage `container` takes. */
  container?: pulumi.Input<string>;
  /** Name of the container, of Caddy, that has certificates issued: its log says why one is missing. @default nobody is asked */
  issuing?: pulumi.Input<string>;
  /**
   * Whose certificates are good from outside: `system` for the authorities that everybody trusts, `any`, or an
   * authority's certificate (PEM). @default "system"
   */
  trust?: pulumi.Input<string>;
  /** Seconds that certificates and services have until everything has to be as declared. @default 90 */
  patience?: pulumi.Input<number>;
  /** When one of these changes, the routes are tried again. @default [] */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Tries out the routes of a proxy, from each side that they are meant for or against, whenever they change: a route that
 * lets in whom it should refuse, or that does not answer whom it should serve, fails the deployment. A refresh tries them
 * again and lists what has become different. Needs curl on the host for all but the outside.
 *
 * @example
 * new Probe("edge-probe", {
 *   host,
 *   addresses: { outside: ["203.0.113.10"], mesh: ["100.64.0.1"] },
 *   routes: { "n8n.example.org/": { hostname: "n8n.example.org", outside: "refused", mesh: "served" } },
 * });
 */
export class Probe extends pulumi.CustomResource {
  constructor(name: string, args: ProbeArgs, opts?: pulumi.CustomResourceOptions) {
    super("quayside:route:Probe", name, { ...args }, opts);
  }
}
