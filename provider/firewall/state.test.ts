import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Facts, parseFacts } from "./facts.ts";
import { entries, portsChain, portsFile, userRules } from "./render.ts";
import { type FirewallInputs, firewallSchema } from "./rules.ts";
import { signature } from "./signature.ts";
import { describeTuple, stateOf, straysOf } from "./state.ts";

const host = { name: "core", address: "10.0.0.1" };
const declare = (rules: object, more: object = {}) => firewallSchema.parse({ host, rules, ...more });

/** A host on which these inputs were applied, as its own tools would print it. */
function applied(
  inputs: FirewallInputs,
  change: (kernel: string[], family: 4 | 6) => string[] = (lines) => lines,
): string {
  const all = entries(inputs.rules);
  const kernel = (family: 4 | 6) => {
    const ufw = family === 4 ? "ufw" : "ufw6";
    const chains = ["before-input", "user-input", "user-output", "user-forward"].map(
      (name) => `:${ufw}-${name} - [0:0]`,
    );
    const lines = [
      `-A INPUT -j ${ufw}-before-input`,
      "-A FORWARD -j DOCKER-USER",
      "-A DOCKER-USER -j quayside-ports",
      "-A DOCKER-USER -j RETURN",
      `-A ${ufw}-before-input -j ${ufw}-user-input`,
      ...all.filter((entry) => entry.family === family).flatMap((entry) => entry.host),
      ...portsChain(all, family, inputs.containerInterfaces),
    ];
    const heads = [
      ":INPUT DROP [0:0]",
      ":FORWARD DROP [0:0]",
      ":OUTPUT ACCEPT [0:0]",
      ":DOCKER-USER - [0:0]",
      ":quayside-ports - [0:0]",
    ];
    return ["*filter", ...heads, ...chains, ...change(lines, family), "COMMIT"].join("\n");
  };
  const section = (name: string, text: string) => `== quayside ${name}\n${text}\n`;
  return [
    section(
      "settings",
      'ENABLED=yes\nLOGLEVEL=low\nIPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\nDEFAULT_FORWARD_POLICY="DROP"',
    ),
    section("user4", userRules(all, 4)),
    section("user6", userRules(all, 6)),
    section("kernel4", kernel(4)),
    section("kernel6", kernel(6)),
    `== quayside ports4\n${portsFile(portsChain(all, 4, inputs.containerInterfaces))}`,
    `== quayside ports6\n${portsFile(portsChain(all, 6, inputs.containerInterfaces))}`,
    section("unit", "enabled"),
  ].join("");
}

const seen = (output: string, inputs: FirewallInputs) => stateOf(parseFacts(output) as Facts, inputs);
const { host: _, ...asDeclared } = declare({ ssh: { port: 22 }, web: { port: 443 } });
const inputs = declare({ ssh: { port: 22 }, web: { port: 443 } });

test("a host that was set up is seen as declared", () => {
  expect(seen(applied(inputs), inputs)).toEqual(asDeclared);
});

const rule = fc.record(
  {
    port: fc.oneof(fc.integer({ min: 1, max: 65535 }), fc.constant("6000:6010")),
    protocol: fc.constantFrom("tcp", "udp", "any"),
    from: fc.constantFrom("any", ["100.64.0.0/10"], ["10.0.0.1", "fd00::/8"], ["2001:db8::1"]),
    interface: fc.constantFrom("eth0", "tailscale0"),
    action: fc.constantFrom("allow", "limit", "deny", "reject"),
  },
  { requiredKeys: ["port"] },
);
const rules = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/), rule, { maxKeys: 6 });

test("any rule set, once applied, is seen as declared; any other one is told apart", () => {
  fc.assert(
    fc.property(rules, rules, (one, other) => {
      const first = declare(one, { incoming: "allow" });
      const second = declare(other, { incoming: "allow" });
      const output = applied(first);
      expect(seen(output, first).rules).toEqual(first.rules);
      const same = JSON.stringify(entries(first.rules)) === JSON.stringify(entries(second.rules));
      expect(JSON.stringify(seen(output, second).rules) === JSON.stringify(second.rules)).toBe(same);
    }),
    { numRuns: 60 },
  );
});

describe("drift", () => {
  const drifted = (change: (kernel: string[], family: 4 | 6) => string[]) => seen(applied(inputs, change), inputs);

  test("a rule that the kernel lost is missing, and comes back", () => {
    const state = drifted((lines) => lines.filter((line) => !/ufw6-user-input .*443/.test(line)));
    expect(Object.keys(state.rules)).toEqual(["ssh"]);
  });

  test("rules put in past UFW are listed; other tools' jumps and Docker's own are not", () => {
    const hand = [
      "-A INPUT -p tcp -m tcp --dport 1234 -j ACCEPT",
      "-A DOCKER-USER -s 192.0.2.1/32 -j ACCEPT",
      "-A ufw-user-output -p tcp -m tcp --dport 25 -j REJECT",
    ];
    const others = ["-A INPUT -j f2b-sshd", "-A DOCKER-USER -j f2b-web", "-A INPUT -i tailscale0 -j ts-input"];
    const output = applied(inputs, (lines, family) => (family === 4 ? [...hand, ...others, ...lines] : lines));
    const state = seen(output, inputs);
    expect(Object.keys(state.rules).filter((key) => key.startsWith("not declared"))).toEqual(
      [hand[2], hand[0], hand[1]].map((line) => `not declared: iptables ${line}`),
    );
    expect(straysOf(parseFacts(output) as Facts)).toEqual([
      { family: 4, rule: hand[0] },
      { family: 4, rule: hand[1] },
    ]);
  });

  test("a network that Docker is just making has its rules before the guard for a moment, which are no openings", () => {
    const bridge = "br-c776408c9fd5";
    const making = [
      `-A FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-A FORWARD -o ${bridge} -j DOCKER`,
      `-A FORWARD -i ${bridge} ! -o ${bridge} -j ACCEPT`,
      `-A FORWARD -i ${bridge} -o ${bridge} -j ACCEPT`,
    ];
    const ahead = (rules: string[]) => drifted((lines, family) => (family === 4 ? [...rules, ...lines] : lines));
    expect(Object.keys(ahead(making).rules).join()).not.toContain("not declared");
    const opening = `-A FORWARD -i eth0 -o ${bridge} -j ACCEPT`;
    expect(Object.keys(ahead([opening, ...making]).rules).join()).toContain(`not declared: iptables ${opening}`);
  });

  test("an opening before Docker's guard in FORWARD is listed", () => {
    const state = drifted((lines, family) => (family === 4 ? ["-A FORWARD -i eth0 -j ACCEPT", ...lines] : lines));
    expect(Object.keys(state.rules)).toContain("not declared: iptables -A FORWARD -i eth0 -j ACCEPT");
  });

  test("an opening moved before a refusal is a difference", () => {
    const strict = declare({ ssh: { port: 22 }, none: { port: 23, action: "deny" } });
    const output = applied(strict, (lines, family) => {
      const [first, ...rest] = lines.filter((line) => line.includes("ufw-user-input -p"));
      const others = lines.filter((line) => !line.includes("ufw-user-input -p"));
      return family === 4 && first ? [...others, ...rest, first] : lines;
    });
    expect(Object.keys(seen(output, strict).rules)).toHaveLength(3);
  });

  test("a guard of published ports that is gone, or would not come back at boot, is in part", () => {
    expect(drifted((lines) => lines.filter((line) => line !== "-A DOCKER-USER -j quayside-ports")).containers).toBe(
      "guarded in part",
    );
    expect(seen(applied(inputs).replace("\nenabled\n", "\ndisabled\n"), inputs).containers).toBe("guarded in part");
  });

  test("UFW that was stopped, and a policy that was opened, are seen", () => {
    expect(drifted((lines) => lines.filter((line) => !line.startsWith("-A INPUT"))).enabled).toBe(false);
    expect(seen(applied(inputs).replace(":INPUT DROP", ":INPUT ACCEPT"), inputs).incoming).toBe("allow");
  });
});

test("rules by hand are named as ufw was told", () => {
  expect(describeTuple("allow tcp 1234 0.0.0.0/0 any 0.0.0.0/0 in comment=6162")).toBe("ufw allow 1234/tcp");
  expect(describeTuple("allow any any ::/0 any 2001:db8::1 in")).toBe("ufw allow from 2001:db8::1 any port");
  expect(describeTuple("route:allow tcp 80 10.1.1.1 any 0.0.0.0/0 in_eth0!out_lo")).toBe(
    "ufw route allow in on eth0 out on lo to 10.1.1.1 80/tcp",
  );
});

test("no UFW, no facts", () => {
  expect(parseFacts("")).toBeUndefined();
});

test.each([
  ["user.rules", "iptables-save", "ufw-user-input"],
  ["user6.rules", "ip6tables-save", "ufw6-user-input"],
])("what UFW writes in %s and what the kernel shows for it have the same signatures", (file, save, chain) => {
  const signatures = (name: string) =>
    readFileSync(join(import.meta.dirname, "testdata", name), "utf8")
      .split("\n")
      .filter((line) => line.startsWith(`-A ${chain} `))
      .map(signature);
  expect(signatures(file).length).toBeGreaterThan(8);
  expect(signatures(save)).toEqual(signatures(file));
});
