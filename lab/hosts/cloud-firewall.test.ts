import { describe, expect, test } from "vitest";
import { firewallScript } from "./cloud-firewall.ts";
import type { FirewallRule } from "./driver.ts";

function inbound(rule: Partial<FirewallRule>): FirewallRule {
  return { direction: "in", protocol: "tcp", port: "22", sourceIps: [], destinationIps: [], ...rule };
}

function lines(rules: FirewallRule[] | null): string[] {
  return firewallScript(rules)
    .split("\n")
    .map((line) => line.trim());
}

describe("the cloud firewall", () => {
  test("is replaced in one script, and removed by none", () => {
    expect(firewallScript(null)).toBe("table inet quayside_cloud {}\ndelete table inet quayside_cloud\n");
    expect(firewallScript([]).startsWith(firewallScript(null))).toBe(true);
  });

  test("denies everything inbound when it has no rule, and nothing outbound", () => {
    const script = lines([]);
    expect(script.filter((line) => line === "drop")).toHaveLength(1);
    expect(script).not.toContain("chain outbound {");
  });

  test("guards the public interface only", () => {
    expect(lines([])).toContain("iifname != $public accept");
  });

  test("matches protocol, port and each source", () => {
    const script = lines([inbound({ port: "80-90", sourceIps: ["192.0.2.0/24", "2001:db8::/32"] })]);
    expect(script).toContain("ip saddr 192.0.2.0/24 tcp dport 80-90 accept");
    expect(script).toContain("ip6 saddr 2001:db8::/32 tcp dport 80-90 accept");
  });

  test("takes everywhere as the family, and no source as any", () => {
    const script = lines([inbound({ sourceIps: ["0.0.0.0/0", "::/0"] }), inbound({ port: "443" })]);
    expect(script).toContain("meta nfproto ipv4 tcp dport 22 accept");
    expect(script).toContain("meta nfproto ipv6 tcp dport 22 accept");
    expect(script).toContain("tcp dport 443 accept");
  });

  test("knows protocols without ports, and any port", () => {
    const script = lines([
      inbound({ protocol: "icmp", port: undefined }),
      inbound({ protocol: "gre", port: undefined }),
      inbound({ protocol: "udp", port: "any" }),
    ]);
    expect(script).toContain("meta l4proto { icmp, ipv6-icmp } accept");
    expect(script).toContain("meta l4proto gre accept");
    expect(script).toContain("meta l4proto udp accept");
  });

  test("limits outbound by destination once there is an outbound rule", () => {
    const rule: FirewallRule = {
      direction: "out",
      protocol: "tcp",
      port: "443",
      sourceIps: ["192.0.2.1/32"],
      destinationIps: ["198.51.100.0/24"],
    };
    const script = lines([rule]);
    expect(script).toContain("chain outbound {");
    expect(script).toContain("ip daddr 198.51.100.0/24 tcp dport 443 accept");
    expect(script.filter((line) => line === "drop")).toHaveLength(2);
  });

  test.each(["22; drop", "x", "1-2-3", "80,443"])("refuses the port %j", (port) => {
    expect(() => firewallScript([inbound({ port })])).toThrow(`"${port}" is not a port`);
  });

  test.each(["example.org", "10.0.0.0/33", "::/129", "10.0.0.0/x", ""])("refuses the address %j", (address) => {
    expect(() => firewallScript([inbound({ sourceIps: [address] })])).toThrow(`"${address}" is not an address`);
  });
});
