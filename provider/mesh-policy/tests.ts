import type { HubNode } from "../mesh-member/look.ts";
import type { MeshPolicyDocument, MeshPolicyTest } from "./resource.ts";

/** Who has a device: tags, `alice@`, and the groups that such people are in. */
export function subjectsPresent(nodes: readonly HubNode[], groups: MeshPolicyDocument["groups"]): Set<string> {
  const present = new Set<string>();
  for (const node of nodes) {
    if (node.tags?.length) for (const tag of node.tags) present.add(tag);
    else if (node.user) present.add(`${node.user.name}@`);
  }
  for (const [group, people] of Object.entries(groups)) {
    if (people.some((person) => present.has(person))) present.add(group);
  }
  return present;
}

/** The tests that can be run now: Headscale fails one whose source or target has no address. */
export function runnableTests(tests: readonly MeshPolicyTest[], present: ReadonlySet<string>): MeshPolicyTest[] {
  return tests.flatMap(({ src, proto, accept, deny }) => {
    if (!present.has(src)) return [];
    const can = (targets: string[] | undefined) => (targets ?? []).filter((to) => present.has(subjectOf(to)));
    const [accepted, denied] = [can(accept), can(deny)];
    if (accepted.length + denied.length === 0) return [];
    return [
      { src, proto, ...(accepted.length > 0 && { accept: accepted }), ...(denied.length > 0 && { deny: denied }) },
    ];
  });
}

/** `tag:core:22` → `tag:core` */
function subjectOf(target: string): string {
  return target.slice(0, target.lastIndexOf(":"));
}

/**
 * Whether the tests that are stored are those declared, as far as they could be run. People's devices come and go, so
 * only tests from servers have to be there; more than what is declared is never right.
 */
export function testsHold(
  stored: readonly MeshPolicyTest[],
  declared: readonly MeshPolicyTest[],
  present: ReadonlySet<string>,
): boolean {
  const flat = (tests: readonly MeshPolicyTest[]) =>
    new Set(
      tests.flatMap(({ src, proto, accept, deny }) => [
        ...(accept ?? []).map((to) => `${src} ${proto} accept ${to}`),
        ...(deny ?? []).map((to) => `${src} ${proto} deny ${to}`),
      ]),
    );
  const [has, may] = [flat(stored), flat(declared)];
  const servers = declared.filter(({ src }) => src.startsWith("tag:"));
  return (
    [...has].every((test) => may.has(test)) && [...flat(runnableTests(servers, present))].every((test) => has.has(test))
  );
}
