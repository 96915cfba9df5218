import { expect, test } from "vitest";
import { firewallSchema, letsIn } from "./rules.ts";

const host = { name: "core", address: "10.0.0.1" };
const faults = (inputs: object) =>
  firewallSchema
    .safeParse({ host, ...inputs })
    .error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [];

test("defaults: closed to the outside, a rule's name as its comment, numbers as text", () => {
  const inputs = firewallSchema.parse({ host, rules: { ssh: { port: 22 }, mesh: { interface: "tailscale0" } } });
  expect(inputs).toMatchObject({ incoming: "deny", outgoing: "allow", routed: "deny", containers: "guarded" });
  expect(inputs.rules).toEqual({
    ssh: { port: "22", protocol: "tcp", from: "any", action: "allow", comment: "ssh" },
    mesh: { interface: "tailscale0", protocol: "any", from: "any", action: "allow", comment: "mesh" },
  });
});

test("networks are named as the kernel names them", () => {
  const inputs = firewallSchema.parse({
    host,
    rules: { ssh: { port: 22, from: ["10.1.2.3/8", "192.0.2.7/32", "FD00:0:0::1/8", "2001:db8::0:1"] } },
  });
  expect(inputs.rules.ssh?.from).toEqual(["10.0.0.0/8", "192.0.2.7", "fd00::/8", "2001:db8::1"]);
});

test("every fault of every rule at once", () => {
  expect(
    faults({
      rules: {
        ssh: { port: 22 },
        all: {},
        high: { port: 70000 },
        back: { port: "9:3" },
        net: { port: 1, from: "10.0.0.0/33" },
      },
    }),
  ).toEqual([
    expect.stringMatching(/^rules\.all: .*use `incoming`/),
    expect.stringMatching(/^rules\.high\.port: /),
    expect.stringMatching(/^rules\.back\.port: /),
    expect.stringMatching(/^rules\.net\.from: /),
  ]);
});

test("a rule set that nobody could come in through is refused", () => {
  expect(faults({ rules: { web: { port: 443 } } })).toEqual([
    expect.stringMatching(/^rules: no rule lets SSH in on port 22/),
  ]);
  expect(faults({ host: { ...host, port: 804 }, rules: { ssh: { port: 22 } } })).toEqual([
    expect.stringContaining("804"),
  ]);
  expect(faults({ rules: { ssh: { port: 22 }, not: { port: "20:30", action: "deny" } } })).toHaveLength(1);
  expect(faults({ rules: { udp: { port: 22, protocol: "udp" } } })).toHaveLength(1);
  expect(faults({ enabled: false, rules: {} })).toEqual([]);
  expect(faults({ incoming: "allow", rules: {} })).toEqual([]);
});

test("a range, a network or an interface lets SSH in as well", () => {
  const open = (rule: object) =>
    letsIn({ rules: firewallSchema.parse({ host, rules: { rule } }).rules, incoming: "deny" }, 22);
  expect([open({ port: "20:30" }), open({ from: "192.0.2.1" }), open({ interface: "tailscale0" })]).toEqual([
    true,
    true,
    true,
  ]);
});
