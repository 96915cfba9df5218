import { afterAll, beforeAll, expect, test } from "vitest";
import type { NameRecord } from "../../lab/acme/dns.ts";
import { createCloudflare } from "../../lab/cloudflare/app.ts";
import { createOvh } from "../../lab/ovh/app.ts";
import { type IssuingLab, startIssuingLab } from "./acme/issuing-lab.ts";
import { ask } from "./harness/ask.ts";
import { component } from "./harness/component-program.ts";

const TOKEN = "cl0udflare-token-with-forty-characters-xx";
const ZONE = "example.org";

const OVH = { applicationKey: "0123456789abcdef", applicationSecret: "secret-of-the-app", consumerKey: "consumer-key" };

const cloudflare = createCloudflare(TOKEN);
const ovh = createOvh(OVH, [ZONE]);
let lab: IssuingLab;
let ovhEndpoint: string;

/** What the world is told: what the zone at OVH has published, and proofs that were written through Cloudflare's API. */
function published(): NameRecord[] {
  const atOvh = ovh.published.get(ZONE) ?? [];
  const all = [
    ...atOvh.map(({ subDomain, fieldType, target }) => ({
      name: `${subDomain}.${ZONE}`,
      type: fieldType,
      text: target,
    })),
    ...cloudflare.state.records.map(({ name, type, content }) => ({ name, type, text: content })),
  ];
  return all.flatMap(({ name, type, text }) =>
    type === "A" || type === "TXT" ? [{ name, type, value: text.replace(/^"|"$/g, "") } as const] : [],
  );
}

beforeAll(async () => {
  lab = await startIssuingLab({
    zone: ZONE,
    published,
    vendor: { hostname: "api.cloudflare.com", app: cloudflare.app },
  });
  ovhEndpoint = `${await lab.serve(ovh.app)}/1.0`;
  await cloudflare.app.request("https://api.cloudflare.com/client/v4/zones", {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ name: ZONE, account: { id: cloudflare.state.account } }),
  });
});
afterAll(() => lab?.close());

function stack(acme: string, routes: string, more: { trustsVendor?: boolean; patience?: number } = {}): string {
  const at = `ovhZone({
    ...${JSON.stringify({ ...OVH, endpoint: ovhEndpoint })},
    applicationSecret: pulumi.secret(${JSON.stringify(OVH.applicationSecret)}),
  })`;
  const imports = `import { ovhZone } from ${component("dns/ovh.ts")};`;
  return lab.stack({ imports, at, acme, routes, ...more });
}

const PUBLIC = 'publicRoute("www.example.org", app.http)';
const proofs = () => ovh.requests.filter((request) => request === `POST /domain/zone/${ZONE}/record`).length;

test("over HTTP-01 a hostname gets a certificate by the name that its route has published", async () => {
  const { project, pebble, asked } = lab;
  await project.program(stack("http01(authority)", PUBLIC));
  await project.up();
  expect((await asked("www.example.org")).status).toBe(200);
  expect(pebble.log()).toContain("Attempting to validate w/ HTTP: http://www.example.org:80/");
  expect(proofs()).toBe(1);
  expect((await project.up()).steps).toEqual([]);
});

test("nobody makes it ask for certificates of hostnames that are not declared", async () => {
  await expect(ask(lab.host.connection.address, "https://stranger.example.org/")).rejects.toThrow();
  expect(lab.pebble.log()).not.toContain("stranger.example.org");
});

test("credentials that the DNS vendor refuses fail the deployment with what it says, and without them", async () => {
  const wrong = "a-secret-of-nobody";
  const account = `{ ...${JSON.stringify({ ...OVH, endpoint: ovhEndpoint })}, applicationSecret: pulumi.secret("${wrong}") }`;
  const acme = `dns01(ovhDns(${account}), { ...authority, resolvers })`;
  await lab.project.program(stack(acme, `${PUBLIC}, meshOnly("private.example.org", app.http)`, { patience: 5 }));
  const { code, output } = await lab.project.up({ mayFail: true });
  expect(code).not.toBe(0);
  expect(output).toMatch(/no certificate for private\.example\.org: .*Invalid signature/);
  expect(output).not.toContain(wrong);
});

test("over DNS-01 at the zone's hoster, a hostname for the mesh only gets one, and its name is never published", async () => {
  const { project, host, asked } = lab;
  const acme = "dns01(zone, { ...authority, resolvers })";
  const before = proofs();
  await project.program(stack(acme, `${PUBLIC}, meshOnly("private.example.org", app.http)`));
  await project.up();
  expect((await project.up()).steps).toEqual([]);
  expect(await asked("private.example.org")).toMatchObject({
    status: 403,
    headers: { "proxy-refusal": "mesh-only" },
  });
  expect(proofs()).toBe(before + 1);
  const names = () => (ovh.zones.get(ZONE) ?? []).map(({ subDomain, fieldType }) => `${subDomain} ${fieldType}`);
  // The proof is taken away, after the certificate is there.
  await expect.poll(names, { timeout: 10_000 }).toEqual(["www A"]);
  expect(await host.sh("docker exec edge-front caddy list-modules | grep dns.providers")).toBe(
    "dns.providers.cloudflare\ndns.providers.hetzner\ndns.providers.ovh\n",
  );
  for (const secret of [OVH.applicationSecret, OVH.consumerKey]) {
    // Root's alone, wherever it is kept.
    expect(await host.sh(`grep -rlZ ${secret} /opt/e2e | xargs -0 stat -c '%a %U' | sort -u`)).toBe("600 root\n");
    expect(await project.state()).not.toContain(secret);
  }
});

test("so at Cloudflare, for a wildcard too", async () => {
  const acme = `dns01(cloudflareDns({ token: pulumi.secret(${JSON.stringify(TOKEN)}) }), { ...authority, resolvers })`;
  const routes = `${PUBLIC}, meshOnly("*.apps.example.org", app.http)`;
  await lab.project.program(stack(acme, routes, { trustsVendor: true }));
  await lab.project.up();
  expect((await lab.asked("some.apps.example.org")).status).toBe(403);
  expect(cloudflare.requests.filter((request) => /^POST \/zones\/\w+\/dns_records/.test(request))).toHaveLength(1);
  await expect.poll(() => cloudflare.state.records, { timeout: 10_000 }).toEqual([]);
  expect(await lab.project.state()).not.toContain(TOKEN);
});
