import { expect, test } from "vitest";
import { containerName, createArguments, networkName } from "./machine.ts";

const spec = { id: 17, name: "core", cores: 2, memoryGb: 4, ipv4: "10.210.3.4" };

function pairs(args: string[], flag: string): string[] {
  return args.flatMap((arg, index) => (arg === flag ? [args[index + 1] ?? ""] : []));
}

test("every object carries the lab's name, so that two labs do not meet", () => {
  expect(containerName("lab", 17)).toBe("quayside-lab-17");
  expect(networkName("lab", 3)).toBe("quayside-lab-net-3");
  const labels = pairs(createArguments("ci", spec, "/state", "image", 8), "--label");
  expect(labels).toEqual(["quayside.lab=ci", "quayside.lab.server=17"]);
});

test("a public address puts the machine on the public network, none on no network at all", () => {
  const publicly = createArguments("lab", spec, "/state", "image", 8);
  expect(pairs(publicly, "--network")).toEqual(["quayside-lab"]);
  expect(pairs(publicly, "--ip")).toEqual(["10.210.3.4"]);
  const { ipv4: _, ...hidden } = spec;
  const privately = createArguments("lab", hidden, "/state", "image", 8);
  expect(pairs(privately, "--network")).toEqual(["none"]);
  expect(pairs(privately, "--ip")).toEqual([]);
});

test("size is a limit, and never more processors than the machine has", () => {
  expect(pairs(createArguments("lab", spec, "/state", "image", 8), "--cpus")).toEqual(["2"]);
  expect(pairs(createArguments("lab", spec, "/state", "image", 1), "--cpus")).toEqual(["1"]);
  expect(pairs(createArguments("lab", { ...spec, memoryGb: 0.5 }, "/state", "image", 8), "--memory")).toEqual(["512m"]);
});

test("no machine is privileged, and its seed is read-only", () => {
  const args = createArguments("lab", spec, "/state/17", "image", 8);
  expect(args).not.toContain("--privileged");
  expect(pairs(args, "--volume")).toContain("/state/17:/var/lib/quayside-lab:ro");
  expect(args.at(-1)).toBe("image");
});
