import { expect, test } from "vitest";
import { overlap } from "./port-range.ts";

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
