import type { MeshPolicyDocument, MeshPolicyTest } from "../../provider/index.ts";
import { derivedTests } from "./policy-tests.ts";
import type { Group, RoutedNetwork, Rule, Tag } from "./rules.ts";

/** What a policy is made from, in plain values. */
export interface PolicyArgs {
  rules: readonly Rule[];
  /** Tags of each member, by its name. */
  members: Readonly<Record<string, readonly string[]>>;
  /** People of each group. */
  groups: Readonly<Record<string, readonly string[]>>;
}

/** The policy as Headscale reads it: what is declared is allowed, and tests say what has to hold and what must not. */
export function renderPolicy(args: PolicyArgs): MeshPolicyDocument {
  const groups = Object.entries(args.groups).map(([name, people]) => [`group:${name}`, people.map(person).sort()]);
  const tags = [...new Set(Object.values(args.members).flat())].sort();
  return {
    groups: Object.fromEntries(groups) as Record<string, string[]>,
    // Nobody owns a tag: only a key that was made on the hub can give one.
    tagOwners: Object.fromEntries(tags.map((name) => [`tag:${name}`, []])),
    acls: args.rules.flatMap((rule) =>
      rule.ports.map(({ protocol, ports }) => ({
        action: "accept" as const,
        proto: protocol,
        src: rule.from.map(subject),
        dst: rule.to.map((target) => `${subject(target)}:${ports.join(",")}`),
      })),
    ),
    tests: derivedTests(args) satisfies MeshPolicyTest[],
  };
}

/** `tag:core`, `group:admins`, `192.168.1.0/24`, as policies name them. */
export function subject(of: Tag | Group | RoutedNetwork): string {
  if (of.kind === "network") return of.range === "internet" ? "autogroup:internet" : of.range;
  return `${of.kind}:${of.name}`;
}

/** Policies tell people from other words by an `@`; a plain user's name gets one at its end. */
export function person(name: string): string {
  return name.includes("@") ? name : `${name}@`;
}
