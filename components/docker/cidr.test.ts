import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains, formatCidr, gatewayOf, isEverybody, overlaps, parseCidr, shareOf } from "./cidr.ts";

const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => `${ip}/${prefix}`);
const ipv6 = fc
  .tuple(
    fc.ipV6().filter((ip) => !ip.includes(".")),
    fc.integer({ min: 0, max: 128 }),
  )
  .map(([ip, prefix]) => `${ip}/${prefix}`);

function parsed(text: string) {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`${text} was not read`);
  return cidr;
}

/** Node's own idea of which addresses a range has. */
function has(range: string, address: string): boolean {
  const [base = "", prefix] = range.split("/");
  const family = isIP(base) === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(base, Number(prefix), family);
  return list.check(address, family);
}

describe("parseCidr", () => {
  test("reads every range that there is, and writes it so that it is the same range", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (text) => {
        const cidr = parsed(text);
        expect(parseCidr(formatCidr(cidr))).toEqual(cidr);
        expect(isIP(formatCidr(cidr).split("/")[0] ?? "")).toBe(cidr.family);
      }),
    );
  });

  test.each([
    "172.20.1.0",
    "172.20.1.0/33",
    "172.20.256.0/24",
    "172.20.01.0/24",
    "172.20.1/24",
    "fd00::/129",
    "fd00::1::/64",
    "fd00:1:2:3:4:5:6:7:8/64",
    "g::/64",
    "/24",
    "172.20.1.0/",
    "",
  ])("%j is no range", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test.each([
    ["172.20.1.77/24", "172.20.1.0/24", "172.20.1.1"],
    ["10.0.0.0/8", "10.0.0.0/8", "10.0.0.1"],
    ["FD7A:115C:A1E0:0:0:0:0:5/48", "fd7a:115c:a1e0::/48", "fd7a:115c:a1e0::1"],
    ["::/0", "::/0", "::1"],
    ["2001:db8:0:0:1:0:0:1/128", "2001:db8::1:0:0:1/128", "2001:db8::1:0:0:2"],
  ])("%s is %s, and its host has %s", (text, range, gateway) => {
    expect(formatCidr(parsed(text))).toBe(range);
    expect(gatewayOf(parsed(text))).toBe(gateway);
  });
});

describe("overlaps", () => {
  test("two ranges overlap when one has the other's first address", () => {
    const pair = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6));
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const first = (range: string) => formatCidr(parsed(range)).split("/")[0] ?? "";
        expect(overlaps(parsed(a), parsed(b))).toBe(has(a, first(b)) || has(b, first(a)));
        expect(overlaps(parsed(b), parsed(a))).toBe(overlaps(parsed(a), parsed(b)));
        expect(overlaps(parsed(a), parsed(a))).toBe(true);
      }),
    );
  });

  test("neighbours share nothing, and neither do families", () => {
    expect(overlaps(parsed("172.20.1.0/24"), parsed("172.20.2.0/24"))).toBe(false);
    expect(overlaps(parsed("0.0.0.0/0"), parsed("::/0"))).toBe(false);
  });
});

describe("contains", () => {
  test("has exactly the addresses that Node says are in the range", () => {
    fc.assert(
      fc.property(ipv4, fc.ipV4(), (range, address) => {
        expect(contains(range, address)).toBe(has(range, address));
      }),
    );
  });

  test("a range is in itself and in wider ones, not in narrower ones, others, or what is none", () => {
    const within = (range: string) => contains("172.20.1.0/24", range);
    expect(["172.20.1.0/24", "172.20.1.128/25", "172.20.1.1"].map(within)).toEqual([true, true, true]);
    const others = ["172.20.0.0/16", "172.20.2.0/24", "fd00::1", "anywhere", "app"];
    expect(others.map(within)).toEqual(others.map(() => false));
    expect(contains("fd7a:115c:a1e0::/48", "fd7a:115c:a1e0::7")).toBe(true);
    expect(contains("100.64.0.0/10", "100.20.0.1")).toBe(false);
  });
});

describe("isEverybody", () => {
  test.each([
    [["any"], true],
    [["203.0.113.7", "0.0.0.0/0"], true],
    [["::/00"], true],
    [["128.0.0.0/1", "0.0.0.0/1"], true],
    [["8000::/1", "::/2", "4000::/2"], true],
    [["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"], false],
    [["0.0.0.0/1", "0.0.0.0/1"], false],
    [["0.0.0.0/1", "8000::/1"], false],
    [[], false],
  ])("%j: %s", (ranges, expected) => {
    expect(isEverybody(ranges)).toBe(expected);
  });

  test("an address counts once, however many of the ranges have it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }), (firsts) => {
        const ranges = firsts.flatMap((first) => [`${first}.0.0.0/8`, `${first}.128.0.0/9`]);
        expect(shareOf(ranges, 4)).toBeCloseTo(new Set(firsts).size / 256, 5);
        expect(shareOf(ranges, 6)).toBe(0);
      }),
    );
  });
});
