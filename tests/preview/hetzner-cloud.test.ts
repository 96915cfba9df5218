import { expect, test } from "vitest";
import { HetznerCloud, type HetznerCloudArgs } from "../../components/server/hetzner-cloud.ts";
import { faultsOf, recordResources, resourcesOf } from "./mocks.ts";

recordResources();

const declare = (args: Partial<HetznerCloudArgs>) => () => {
  const [token, deployKey] = ["t".repeat(64), "ssh-ed25519 AAAA"];
  return new HetznerCloud("hetzner", { token, deployKey, ...args });
};

test("everything says whose it is; without a lifetime nothing expires", async () => {
  const resources = await resourcesOf(declare({ labels: { team: "web" }, ephemeral: true }));
  for (const name of ["hetzner-ssh-key", "hetzner-placement-group"]) {
    const labels = { "managed-by": "quayside", project: "acme", stack: "test", team: "web" };
    expect(resources[name]?.inputs.labels, name).toEqual(labels);
  }
  expect(Object.keys(resources)).not.toContain("hetzner-lifetime");
});

test("a lifetime is told the ceiling and what servers that are declared later cost", async () => {
  const server = { name: "core", types: ["cx33"], locations: ["fsn1"], volumeGb: 0 };
  const resources = await resourcesOf(() =>
    declare({ ephemeral: { lifetime: "8h", priceCeiling: 50 } })().declare(server),
  );
  expect(resources["hetzner-lifetime"]?.inputs).toMatchObject({
    ...{ lifetime: "8h", priceCeiling: 50 },
    costs: [
      { what: "core: cx33 in fsn1", monthly: 8.49 },
      { what: "core: IPv4 address", monthly: 0.5 },
    ],
  });
});

test("labels that reap goes by cannot be given", () => {
  expect(faultsOf(declare({ labels: { expires: "never", stack: "prod" } }))).toEqual([
    expect.stringMatching(/^labels.stack is given by itself/),
    expect.stringMatching(/^labels.expires is given by itself/),
  ]);
});
