/** What members of the mesh may reach, from the policy that Headscale is given. */
import { hostOf, indexed } from "./ownership.ts";
import type { Opening } from "./platform.ts";
import type { Resource } from "./resource.ts";

interface Acl {
  proto?: string;
  src?: readonly string[];
  /** `tag:core:22,443`, `192.168.1.0/24:*` */
  dst?: readonly string[];
}

/** By host: the ports that the policy lets somebody reach, and whom (`group:admins`, `tag:edge`). */
export function meshOpenings(resources: readonly Resource[]): Map<string, Opening[]> {
  const all = indexed(resources);
  const members = resources.flatMap((resource) => {
    const host = resource.type === "quayside:host:MeshMember" ? hostOf(resource, all) : undefined;
    const { tags } = resource.inputs;
    return host === undefined || !Array.isArray(tags)
      ? []
      : [{ host, tags: tags.map((tag) => `tag:${tag}`.replace(/^tag:tag:/, "tag:")) }];
  });
  const allowed = resources.flatMap((resource) => {
    if (resource.type !== "quayside:host:MeshPolicy") return [];
    const { acls = [] } = (resource.inputs["policy"] ?? {}) as { acls?: readonly Acl[] };
    return acls.flatMap(({ proto = "tcp", src = [], dst = [] }) =>
      dst.flatMap((target) => {
        const [, subject = "", ports = ""] = /^(.*):([^:]*)$/.exec(target) ?? [];
        return ports
          .split(",")
          .map((port) => ({ subject, port: `${port === "*" ? "any" : port}/${proto}`, from: [...src] }));
      }),
    );
  });
  const byHost = new Map<string, Opening[]>();
  for (const { host, tags } of members) {
    const openings = allowed
      .filter(({ subject }) => subject === "*" || tags.includes(subject))
      .map(({ port, from }): Opening => ({ firewall: "mesh", port, from }));
    byHost.set(host, [...(byHost.get(host) ?? []), ...openings]);
  }
  return byHost;
}
