import { afterAll, beforeAll, expect, test } from "vitest";
import type { NameRecord } from "../../lab/acme/dns.ts";
import { TEST_KEY, type TestCloud, testCloud } from "../../lab/api/testing.ts";
import { type IssuingLab, startIssuingLab } from "./acme/issuing-lab.ts";
import { component } from "./harness/component-program.ts";

const TOKEN = "hetzner-acme-test".padEnd(64, "0");
const ZONE = "example.org";
const PROOF = "_acme-challenge";

// The lab's cloud without machines: zones need none.
const cloud: TestCloud = testCloud({ token: TOKEN });
let lab: IssuingLab;
let endpoint: string;
/** Proofs of the zone's own name, which are those of its wildcard too, are unseen until so many were there at once. */
let awaited = 0;

const records = () =>
  Object.values(cloud.cloud.state.zones)
    .flatMap(({ rrsets }) => rrsets)
    .filter(({ type }) => type === "A" || type === "TXT")
    .flatMap(({ name, type, records }) => records.map(({ value }) => ({ name, type, value })));

/** What the world is told. */
function published(): NameRecord[] {
  if (records().filter(({ name }) => name === PROOF).length >= awaited) awaited = 0;
  return records()
    .filter(({ name }) => name !== PROOF || awaited === 0)
    .map(({ name, type, value }) => ({
      name: name === "@" ? ZONE : `${name}.${ZONE}`,
      type: type as NameRecord["type"],
      value: value.replace(/^"|"$/g, ""),
    }));
}

beforeAll(async () => {
  lab = await startIssuingLab({ zone: ZONE, published, vendor: { hostname: "api.hetzner.cloud", app: cloud.app } });
  endpoint = `${await lab.serve(cloud.app)}/v1`;
});
afterAll(() => lab?.close());

function stack(routes: string): string {
  return lab.stack({
    imports: `
      import { hetznerZone } from ${component("dns/hetzner.ts")};
      import { HetznerCloud } from ${component("server/hetzner-cloud.ts")};
      const hetzner = new HetznerCloud("hetzner", {
        token: pulumi.secret("${TOKEN}"), endpoint: "${endpoint}", deployKey: "${TEST_KEY}",
      });`,
    at: "hetznerZone(hetzner)",
    acme: "dns01(zone, { ...authority, resolvers })",
    routes: `publicRoute("www.example.org", app.http), ${routes}`,
    trustsVendor: true,
  });
}

test("a hostname for the mesh only gets a certificate, its name is never published, and the token stays with root", async () => {
  const { project, host, asked } = lab;
  await project.program(stack('meshOnly("private.example.org", app.http)'));
  const { output } = await project.up();
  expect(await asked("private.example.org")).toMatchObject({ status: 403, headers: { "proxy-refusal": "mesh-only" } });
  expect((await asked("www.example.org")).status).toBe(200);
  const names = () => records().map(({ name, type }) => `${name} ${type}`);
  // The proofs are taken away, after the certificates are there.
  await expect.poll(names, { timeout: 10_000 }).toEqual(["www A"]);
  const written = Object.values(cloud.cloud.state.actions).filter(({ command }) => command === "add_rrset_records");
  expect(written).toHaveLength(2);
  expect((await project.up()).steps).toEqual([]);

  expect(await host.sh(`grep -rlZ ${TOKEN} /opt/e2e | xargs -0 stat -c '%a %U' | sort -u`)).toBe("600 root\n");
  expect(await host.sh("docker logs edge-front 2>&1; docker logs edge 2>&1; cat /proc/*/cmdline")).not.toContain(TOKEN);
  expect(output).not.toContain(TOKEN);
  expect(await project.state()).not.toContain(TOKEN);
});

test("the domain and its wildcard are proven at once, beside a proof of somebody else, which stays", async () => {
  const { project, asked } = lab;
  const somebody = { name: PROOF, type: "TXT", ttl: 300, records: [{ value: '"of-somebody-else"' }] };
  await cloud.done("POST", `/zones/${ZONE}/rrsets`, somebody);
  awaited = 3;
  await project.program(stack('meshOnly("example.org", app.http), meshOnly("*.example.org", app.http)'));
  await project.up();
  expect(awaited).toBe(0);
  expect((await asked("example.org")).status).toBe(403);
  expect((await asked("anything.example.org")).status).toBe(403);
  const proofs = () => records().filter(({ name }) => name === PROOF);
  await expect.poll(proofs, { timeout: 10_000 }).toEqual([{ name: PROOF, type: "TXT", value: '"of-somebody-else"' }]);
});
