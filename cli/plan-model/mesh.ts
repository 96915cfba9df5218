/** What the mesh's policy, which Headscale is given, lets somebody reach. */
import { overlaps, parseSource } from "../../components/docker/cidr.ts";
import { hostOf, indexed, type Resources } from "./ownership.ts";
import type { Opening } from "./platform.ts";
import type { Resource } from "./resource.ts";

interface Acl {
  proto?: string;
  src?: readonly string[];
  /** `tag:core:22,443`, `192.168.1.0/24:*` */
  dst?: readonly string[];
}

interface Member {
  host: string;
  tags: readonly string[];
  /** Networks behind it that it carries traffic to. */
  routes: readonly string[];
  exitNode: boolean;
}

/** How policies name what is outside of the mesh and its networks. */
const INTERNET = "autogroup:internet";

/**
 * By host: the ports that the policy lets somebody reach on it, or beyond it where it carries traffic to a network or to
 * the internet. What no member is known to be or to carry stands with the host of the policy: nothing is left out.
 */
export function meshOpenings(resources: readonly Resource[]): {
  members: Set<string>;
  openings: Map<string, Opening[]>;
} {
  const all = indexed(resources);
  const members = resources.flatMap((resource) => memberFrom(resource, all));
  const openings = new Map<string, Opening[]>();
  for (const resource of resources.filter(({ type }) => type === "quayside:host:MeshPolicy")) {
    const hub = hostOf(resource, all);
    for (const { subject, port, from } of allowedBy(resource)) {
      const there = members.filter(({ tags }) => subject === "*" || tags.includes(subject)).map(({ host }) => host);
      const carriers = members.filter((member) => carries(member, subject)).map(({ host }) => host);
      const beyond = carriers.length > 0 ? carriers : there.length > 0 || hub === undefined ? [] : [hub];
      const opening: Opening = { firewall: "mesh", port, from };
      for (const host of there) add(openings, host, opening);
      for (const host of beyond) add(openings, host, { ...opening, beyond: beyondOf(subject) });
    }
  }
  return { members: new Set(members.map(({ host }) => host)), openings };
}

function memberFrom(resource: Resource, all: Resources): Member[] {
  const host = resource.type === "quayside:host:MeshMember" ? hostOf(resource, all) : undefined;
  const { tags, routes, exitNode } = resource.inputs;
  if (host === undefined || !Array.isArray(tags)) return [];
  return [
    {
      host,
      tags: tags.map((tag) => `tag:${tag}`.replace(/^tag:tag:/, "tag:")),
      routes: Array.isArray(routes) ? routes.map(String) : [],
      exitNode: exitNode === true,
    },
  ];
}

function allowedBy(policy: Resource): { subject: string; port: string; from: string[] }[] {
  const document = policy.inputs["policy"];
  if (typeof document !== "object" || document === null) return [];
  const { acls = [] } = document as { acls?: readonly Acl[] };
  return acls.flatMap(({ proto = "tcp", src = [], dst = [] }) =>
    dst.flatMap((target) => {
      const [, subject = "", ports = ""] = /^(.*):([^:]*)$/.exec(target) ?? [];
      return ports
        .split(",")
        .map((port) => ({ subject, port: `${port === "*" ? "any" : port}/${proto}`, from: [...src] }));
    }),
  );
}

/** Whether a member carries traffic to what a rule names: a network, a part of one, or the internet. */
function carries({ routes, exitNode }: Member, subject: string): boolean {
  if (subject === INTERNET) return exitNode;
  const wanted = parseSource(subject);
  if (!wanted) return false;
  return routes.some((route) => {
    const carried = parseSource(route);
    return carried !== undefined && overlaps(carried, wanted);
  });
}

function beyondOf(subject: string): Opening["beyond"] {
  if (subject === INTERNET) return { where: "on", what: "the internet" };
  return { where: parseSource(subject) ? "in" : "of", what: subject };
}

function add(openings: Map<string, Opening[]>, host: string, opening: Opening): void {
  openings.set(host, [...(openings.get(host) ?? []), opening]);
}
