import { describe, expect, it } from "vitest";
import type { NetworkRecord, ServerRecord } from "./state.ts";
import { memberAddress, networkRange, subnetRange } from "./subnets.ts";

const subnet = (ipRange: string) => ({ type: "cloud", ipRange, networkZone: "eu-central", vswitchId: null });
const network = (...subnets: string[]) =>
  ({ id: 1, ipRange: "10.0.0.0/16", subnets: subnets.map(subnet) }) as unknown as NetworkRecord;
const member = (ip: string, aliasIps: string[] = []) =>
  ({ privateNets: [{ network: 1, ip, aliasIps }] }) as unknown as ServerRecord;

describe("subnetRange", () => {
  it("takes the first free /24 when none is wanted", () => {
    expect(subnetRange(network("10.0.0.0/24", "10.0.1.0/25"), undefined)).toBe("10.0.2.0/24");
  });

  it.each(["10.1.0.0/24", "10.0.1.0/23", "10.0.1.64/26", "nonsense", "10.0.3.1/24"])("refuses %s", (range) => {
    expect(() => subnetRange(network("10.0.1.0/24"), range)).toThrow(/invalid input/);
  });
});

describe("memberAddress", () => {
  it("hands out free addresses of the last subnet, never the gateway", () => {
    expect(memberAddress(network("10.0.0.0/24"), [], {})).toBe("10.0.0.2");
    expect(memberAddress(network("10.0.0.0/24", "10.0.5.0/24"), [], {})).toBe("10.0.5.1");
    expect(memberAddress(network("10.0.5.0/24"), [member("10.0.5.1", ["10.0.5.2"])], {})).toBe("10.0.5.3");
  });

  it("takes a wanted address or range", () => {
    expect(memberAddress(network("10.0.0.0/24"), [], { ip: "10.0.0.9" })).toBe("10.0.0.9");
    const ipRange = "10.0.0.0/24";
    expect(memberAddress(network(ipRange, "10.0.5.0/24"), [], { ipRange })).toBe("10.0.0.2");
  });

  it("refuses taken, reserved and foreign addresses", () => {
    for (const ip of ["10.0.0.1", "10.0.0.0", "10.0.0.255", "10.0.0.7", "10.0.9.1"]) {
      expect(() => memberAddress(network("10.0.0.0/24"), [member("10.0.0.7")], { ip })).toThrow(/taken, reserved/);
    }
    expect(() => memberAddress(network(), [], {})).toThrow(/no subnet/);
  });
});

describe("networkRange", () => {
  it.each(["8.8.8.0/24", "10.0.0.0/25", "10.0.0.1/16"])("refuses %s", (range) => {
    expect(() => networkRange(range)).toThrow(/invalid input/);
  });
});
