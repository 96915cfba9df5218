import { expect, test } from "vitest";
import { meshSources } from "../mesh/openings.ts";
import { sshSourceFaults } from "./ssh-sources.ts";

const faults = (...sources: string[]) =>
  sshSourceFaults("ssh.from", sources).map(({ path, reason }) => `${path} ${reason}`);

test("operators, a company's network, a provider's and the mesh may be let in", () => {
  expect(faults("203.0.113.7", "203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "2a00::/16", ...meshSources)).toEqual(
    [],
  );
});

test.each(["any", "0.0.0.0/0", "::/0", "0.0.0.0/00"])("%s is the world", (source) => {
  expect(faults("203.0.113.7/32", source)).toEqual([
    `ssh.from[1] is ${source}; SSH open to the world is refused, name addresses`,
  ]);
});

test("the world in halves is refused for each half, by its width", () => {
  expect(faults("0.0.0.0/1", "128.0.0.0/1", "2000::/3")).toEqual([
    "ssh.from[0] is 0.0.0.0/1, which is wider than /8; SSH open to the world is refused, name addresses",
    "ssh.from[1] is 128.0.0.0/1, which is wider than /8; SSH open to the world is refused, name addresses",
    "ssh.from[2] is 2000::/3, which is wider than /16; SSH open to the world is refused, name addresses",
  ]);
});

test("so is the world in pieces that are small enough one by one", () => {
  const pieces = Array.from({ length: 222 }, (_, index) => `${index + 1}.0.0.0/8`);
  expect(faults(...pieces)).toEqual([
    "ssh.from has most of all addresses in its ranges together; SSH open to the world is refused, name addresses",
  ]);
});

test("what is no address is said to be none", () => {
  expect(faults("office", " 0.0.0.0/0")).toEqual([
    'ssh.from[0] is "office"; an address or a network is needed, such as 203.0.113.7/32',
    'ssh.from[1] is " 0.0.0.0/0"; an address or a network is needed, such as 203.0.113.7/32',
  ]);
});
