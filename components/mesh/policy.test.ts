import fc from "fast-check";
import { expect, test } from "vitest";
import { type PolicyArgs, renderPolicy } from "./policy.ts";
import { rangeOf } from "./policy-tests.ts";
import { allow, group, internet, network, type Rule, tag, tcp, udp } from "./rules.ts";

const members = { core: ["core"], hub: ["hub", "edge"], app: ["app"] };

test("rules become what Headscale reads, people with an @, tags owned by nobody", () => {
  const policy = renderPolicy({
    members: { core: ["core"], edge: ["edge"] },
    groups: { admins: ["bob", "alice@example.org"] },
    rules: [
      allow(group("admins"), tag("core"), tcp(22, 443), udp(53)),
      allow(tag("edge"), [tag("core"), network("10.0.0.0/24")], tcp("6000-6010")),
      allow(group("admins"), internet, tcp(443)),
    ],
  });
  expect({ ...policy, tests: undefined }).toEqual({
    groups: { "group:admins": ["alice@example.org", "bob@"] },
    tagOwners: { "tag:core": [], "tag:edge": [] },
    acls: [
      { action: "accept", proto: "tcp", src: ["group:admins"], dst: ["tag:core:22,443"] },
      { action: "accept", proto: "udp", src: ["group:admins"], dst: ["tag:core:53"] },
      { action: "accept", proto: "tcp", src: ["tag:edge"], dst: ["tag:core:6000-6010", "10.0.0.0/24:6000-6010"] },
      { action: "accept", proto: "tcp", src: ["group:admins"], dst: ["autogroup:internet:443"] },
    ],
    tests: undefined,
  });
});

test("tests hold every opened port, and every other that anybody tries", () => {
  const { tests } = renderPolicy({
    members: { core: ["core"], edge: ["edge"] },
    groups: {},
    rules: [allow(tag("edge"), tag("core"), tcp(8080))],
  });
  expect(tests).toEqual([
    {
      src: "tag:core",
      proto: "tcp",
      deny: [22, 80, 443, 8080]
        .flatMap((port) => [`tag:core:${port}`])
        .concat([22, 80, 443, 8080].map((port) => `tag:edge:${port}`)),
    },
    {
      src: "tag:edge",
      proto: "tcp",
      accept: ["tag:core:8080"],
      deny: ["tag:core:22", "tag:core:80", "tag:core:443", ...[22, 80, 443, 8080].map((port) => `tag:edge:${port}`)],
    },
  ]);
});

test("what a machine may do by its other tag is not denied", () => {
  const { tests } = renderPolicy({ members, groups: {}, rules: [allow(tag("edge"), tag("core"), tcp(8080))] });
  const denied = tests.find(({ src }) => src === "tag:hub")?.deny;
  expect(denied).not.toContain("tag:core:8080");
  expect(denied).toContain("tag:app:8080");
});

test("no rules: everything is refused, and tests say so", () => {
  const policy = renderPolicy({ members, groups: {}, rules: [] });
  expect(policy.acls).toEqual([]);
  expect(policy.tests.flatMap(({ accept }) => accept ?? [])).toEqual([]);
  expect(policy.tests).toHaveLength(4);
});

const names = ["core", "edge", "app", "hub"];
const someTags = fc.subarray(names, { minLength: 1 });
const somePorts = fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 3 });
const policies: fc.Arbitrary<PolicyArgs> = fc.record({
  members: fc.dictionary(fc.constantFrom("one", "two", "three"), someTags, { minKeys: 1 }),
  groups: fc.constant({ ops: ["alice"] }),
  rules: fc.array(
    fc
      .record({ from: someTags, to: someTags, ports: somePorts })
      .map(({ from, to, ports }): Rule => allow(from.map(tag), to.map(tag), tcp(...ports))),
    { maxLength: 4 },
  ),
});

/** The same question, asked of machines: may somebody with this tag reach somebody with that one? */
function machinesAllowed({ members, rules }: PolicyArgs, src: string, dst: string, port: number): boolean {
  const having = (subject: string) =>
    Object.values(members).filter((tags) => tags.includes(subject.replace("tag:", "")));
  return having(src).some((source) =>
    having(dst).some((target) =>
      rules.some(
        (rule) =>
          rule.from.some((from) => from.kind === "tag" && source.includes(from.name)) &&
          rule.to.some((to) => to.kind === "tag" && target.includes(to.name)) &&
          rule.ports.some(({ ports }) => ports.map(rangeOf).some(([first, last]) => port >= first && port <= last)),
      ),
    ),
  );
}

test("a test never contradicts what the rules let machines do", () => {
  fc.assert(
    fc.property(policies, (args) => {
      for (const { src, accept = [], deny = [] } of renderPolicy(args).tests) {
        if (src.startsWith("group:")) continue;
        const of = (target: string): [string, number] => [
          target.slice(0, target.lastIndexOf(":")),
          Number(target.split(":").at(-1)),
        ];
        for (const target of accept) expect(machinesAllowed(args, src, ...of(target))).toBe(true);
        for (const target of deny) expect(machinesAllowed(args, src, ...of(target))).toBe(false);
      }
    }),
  );
});
