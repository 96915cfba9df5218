import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { ComposeProject } from "../../provider/compose-project/resource.ts";
import { Probe, type ProbedRoute } from "../../provider/probe/resource.ts";
import { type Host, onHost } from "../server/host.ts";
import type { CaddyArgs } from "./caddy.ts";
import { planProbes } from "./probe-plan.ts";
import { isRelay } from "./route.ts";

/** How the routes of a proxy are tried out after every change. */
export interface CaddyProbeArgs {
  /**
   * Addresses that the public reaches the host at; `[]` where the deployer is not outside, or does not reach them.
   * @default the host's public address
   */
  outside?: readonly pulumi.Input<string>[];
  /** The host's own address in the mesh. @default none: not tried from the mesh */
  meshAddress?: pulumi.Input<string>;
  /** Members of the mesh that try the routes. @default the proxy's own host, to its own address there */
  members?: readonly Host[];
  /** Certificate (PEM) of the authority that issued the certificates, for one of your own. @default the system's for public authorities, else any */
  trust?: string;
  /** Seconds that certificates and services have until everything has to be as declared. @default 90 */
  patience?: number;
  /** When one of these changes, the routes are tried again: a firewall's rules, a policy of the mesh. @default [] */
  triggers?: readonly pulumi.Input<string>[];
}

/** One probe for the proxy's host, and one for each other member of the mesh that tries its routes. */
export function probeRoutes(
  name: string,
  args: CaddyArgs,
  deployed: { resource: ComposeProject; caddyfile: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): void {
  const { host, network, probe = {} } = args;
  if (probe === false || args.routes.length === 0) return;
  const { meshAddress, members = [host], patience } = probe;
  const routes = planProbes(args.routes);
  const outside = probe.outside ?? [host.address];
  const mesh = meshAddress === undefined ? [] : [meshAddress];
  const shared = {
    trust: trustOf(args),
    patience,
    triggers: [fingerprint(deployed.caddyfile), ...(probe.triggers ?? [])],
  };
  // A route answers once its service does.
  const targets = args.routes.flatMap(({ target }) => (isRelay(target) ? [] : [target.resource]));
  const dependsOn = [deployed.resource, ...new Set(targets)];
  const own = {
    outside: [...outside],
    mesh: members.includes(host) ? mesh : [],
    container: [network.gateway],
  };
  new Probe(
    `${name}-probe`,
    {
      host: host.connection,
      routes: from(routes, own),
      addresses: given(own),
      container: name,
      ...(args.acme.kind !== "internal" && { issuing: `${name}-front` }),
      ...shared,
    },
    { ...opts, ...onHost(host, { dependsOn }) },
  );
  for (const member of mesh.length > 0 ? members.filter((candidate) => candidate !== host) : []) {
    new Probe(
      `${name}-probe-from-${member.name}`,
      { host: member.connection, routes: from(routes, { mesh }), addresses: { mesh }, ...shared },
      { ...opts, ...onHost(member, { dependsOn }) },
    );
  }
}

type Sides = { outside?: readonly unknown[]; mesh?: readonly unknown[]; container?: readonly unknown[] };

/** The requests, without what cannot be tried from the sides that there are. */
function from(routes: Record<string, ProbedRoute>, sides: Sides): Record<string, ProbedRoute> {
  const tried = Object.entries(routes).map(([name, { outside, mesh, container, ...request }]) => {
    const wanted = {
      ...(sides.outside?.length && { outside }),
      ...(sides.mesh?.length && { mesh }),
      ...(sides.container?.length && { container }),
    };
    return [name, { ...request, ...wanted }] as const;
  });
  return Object.fromEntries(tried);
}

function given<Side extends Sides>(sides: Side): Side {
  return Object.fromEntries(Object.entries(sides).filter(([, addresses]) => addresses.length > 0)) as Side;
}

/** Authorities of one's own are trusted by nobody else; that a certificate is shown at all is asked for nevertheless. */
function trustOf({ acme, probe }: CaddyArgs): string {
  const own = probe ? probe.trust : undefined;
  return own ?? (acme.kind === "internal" || acme.directory !== undefined ? "any" : "system");
}

/** Changes whenever the routes do. */
function fingerprint(caddyfile: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(caddyfile).apply((text) => createHash("sha256").update(text).digest("hex").slice(0, 16));
}
