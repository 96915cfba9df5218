import { describe, expect, test } from "vitest";
import { lackOf, letsIn, type Openings, web } from "./openings.ts";

const everybody = (port: string) => ({ port, by: "everybody" as const });
const somebody = (port: string) => ({ port, by: "somebody" as const });

describe("a port is open", () => {
  test.each([
    [web],
    [{ range: { port: "80:443" } }],
    [{ all: { port: "1:65535", protocol: "any" } }],
    [{ limited: { port: 443, action: "limit" } }],
    [{ halves: { port: 443, from: ["0.0.0.0/1", "128.0.0.0/1"] } }],
    [{ v4: { port: 443, from: "0.0.0.0/0" } }],
    [{ outside: { port: 443, interface: "eth0" } }],
    [{ web: { port: 443 }, noisy: { port: 443, from: ["198.51.100.0/24"], action: "deny" } }],
  ] as const)("to everybody: %j", (openings) => {
    expect(letsIn(openings as unknown as Openings, everybody("443/tcp"))).toBe(true);
  });

  test.each([
    [{ mesh: { port: 443, from: ["100.64.0.0/10"] } }],
    [{ mesh: { port: 443, interface: "tailscale0" } }],
  ] as const)("to some alone: %j", (openings) => {
    expect(letsIn(openings as unknown as Openings, everybody("443/tcp"))).toBe(false);
    expect(letsIn(openings as unknown as Openings, somebody("443/tcp"))).toBe(true);
  });

  test.each([
    [{}],
    [{ udp: { port: 443, protocol: "udp" } }],
    [{ beside: { port: "80:442" } }],
    [{ refused: { port: 443, action: "reject" } }],
    [{ web: { port: 443 }, refused: { port: "400:500", action: "deny" } }],
  ] as const)("to nobody: %j", (openings) => {
    expect(letsIn(openings as unknown as Openings, somebody("443/tcp"))).toBe(false);
  });
});

test("says what is lacking, and to whom", () => {
  const needed = [everybody("80/tcp"), everybody("443/tcp"), somebody("8443/tcp")];
  expect(lackOf({ ...web, more: { port: 8443, from: "203.0.113.7" } }, needed)).toBeUndefined();
  expect(lackOf({ http: { port: 80 } }, needed)).toBe("everybody in to 443/tcp and anybody in to 8443/tcp");
});
