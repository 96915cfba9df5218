import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { overlaps, parseCidr } from "./cidr.ts";
import { RESERVED_RANGES, subnetFaults, type WantedRange } from "./subnets.ts";

function wanted(name: string, range: string, family: 4 | 6 = 4): WantedRange {
  return { path: `networks.${name}.subnet`, range, family, by: `network ${name}` };
}

describe("subnetFaults", () => {
  test("the platform's own ranges are fine", () => {
    const ranges = ["172.20.1.0/24", "172.20.2.0/24", "172.20.3.0/24", "172.20.4.0/24", "172.20.5.0/24"];
    const networks = [...ranges.map((range, index) => wanted(`n${index}`, range)), wanted("six", "fd00:20:1::/64", 6)];
    expect(subnetFaults(networks, RESERVED_RANGES)).toEqual([]);
  });

  test("everything that is wrong is told at once", () => {
    const faults = subnetFaults(
      [
        wanted("a", "172.20.1.0/24"),
        wanted("b", "172.20.0.0/16"),
        wanted("c", "172.17.3.0/24"),
        wanted("d", "100.100.0.0/16"),
        wanted("e", "172.21.1.7/24"),
        wanted("f", "172.22.0.0"),
        wanted("g", "172.23.0.0/30"),
        wanted("h", "fd7a:115c:a1e0:1::/64", 6),
        wanted("i", "172.24.0.0/24", 6),
      ],
      RESERVED_RANGES,
    );
    expect(faults.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "networks.b.subnet is 172.20.0.0/16, which overlaps 172.20.1.0/24 of network a; choose another range",
      "networks.c.subnet is 172.17.3.0/24, which overlaps 172.17.0.0/16 of Docker's default bridge; choose another range",
      "networks.d.subnet is 100.100.0.0/16, which overlaps 100.64.0.0/10 of the mesh; choose another range",
      "networks.e.subnet is 172.21.1.7/24, an address inside a range; the range itself is 172.21.1.0/24",
      'networks.f.subnet is "172.22.0.0"; an IPv4 range such as 172.20.1.0/24 is needed',
      "networks.g.subnet is 172.23.0.0/30, too small for containers; /29 or larger is needed",
      "networks.h.subnet is fd7a:115c:a1e0:1::/64, which overlaps fd7a:115c:a1e0::/48 of the mesh; choose another range",
      'networks.i.subnet is "172.24.0.0/24"; an IPv6 range such as fd00:20:1::/64 is needed',
    ]);
  });

  test("what is granted never overlaps", () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 16, max: 29 }))
      .map(([a, b, prefix]) => `10.${a}.${b}.0/${prefix}`);
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), (ranges) => {
        const networks = ranges.map((text, index) => wanted(String(index), text));
        const faulty = new Set(subnetFaults(networks, []).map((fault) => fault.path));
        const granted = networks
          .filter((network) => !faulty.has(network.path))
          .flatMap(({ range }) => parseCidr(range) ?? []);
        for (const [index, one] of granted.entries()) {
          for (const other of granted.slice(index + 1)) expect(overlaps(one, other)).toBe(false);
        }
        if (networks.length > 0)
          expect(subnetFaults(networks.slice(0, 1), []).length).toBe(faulty.has(networks[0]?.path ?? "") ? 1 : 0);
      }),
    );
  });
});
