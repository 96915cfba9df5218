import { expect, test } from "vitest";
import { overlap, parsePorts } from "./port-range.ts";

test.each([
  ["443/tcp", "443/tcp", true],
  ["443/tcp", "443/udp", false],
  ["443/tcp", "440-450/tcp", true],
  ["6000:6010/udp", "6010/udp", true],
  ["6000:6010/udp", "6011-6020/udp", false],
  ["any/tcp", "22/tcp", true],
  ["any/udp", "22/tcp", false],
  ["any", "22/tcp", true],
  ["icmp", "icmp", true],
  ["icmp", "22/tcp", false],
])("%s and %s: %s", (a, b, expected) => {
  expect([overlap(a, b), overlap(b, a)]).toEqual([expected, expected]);
});

test.each<[number | string, ReturnType<typeof parsePorts>]>([
  [443, { first: 443, last: 443 }],
  ["1:65535", { first: 1, last: 65_535 }],
  ["80-85", { first: 80, last: 85 }],
])("the ports %j are %j", (port, expected) => {
  expect(parsePorts(port)).toEqual(expected);
});

test.each([0, 65_536, 80.5, -1, Number.NaN, "", "any", "0x16", "22 ", "10:9", "1:2:3", "1:"])("%j is none", (port) => {
  expect(parsePorts(port)).toBeUndefined();
});
