/** The whole `lab` stack on a lab of its own, from nothing to nothing, by the commands that a person types. */
import { readdir } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker } from "../../lab/engine.ts";
import { labLabel, publicNetwork } from "../../lab/hosts/public-network.ts";
import { prove } from "../../lab/prove.ts";
import { presentSecrets, readStack } from "../../secrets/read.ts";
import { watchArguments } from "./harness/argv-watch.ts";
import { CLOUD_LISTS, type LabMachine, LabPlatform } from "./harness/lab-platform.ts";
import { repository } from "./harness/quay.ts";
import { reaches } from "./harness/reach.ts";
import type { Run } from "./harness/run.ts";

let lab: LabPlatform;
let first: Run;
let core: LabMachine;
let apps: LabMachine;
let commandLines: string[];
const printed: string[] = [];

beforeAll(async () => {
  lab = await LabPlatform.start("platform", 0);
  const watch = watchArguments(secrets);
  first = await lab.up();
  commandLines = watch.stop();
  printed.push(first.output);
  core = await lab.machine("core");
  apps = await lab.machine("apps");
});
afterAll(() => lab?.remove());

/** The lab's secret values, long ones by a piece that no encoding of line breaks hides. */
const secrets = presentSecrets(readStack("lab", { project: repository })).flatMap(({ value }) =>
  value === undefined ? [] : [value.includes("\n") ? (value.split("\n")[2] ?? value) : value],
);

const connections = async (machine: LabMachine) =>
  Number(
    await machine.sh(
      "journalctl --quiet --no-pager _COMM=sshd + _COMM=sshd-session | grep -c 'Accepted publickey' || :",
    ),
  );

test("the preview of the empty stack had listed exactly what was made", async () => {
  await expect(`${first.urns.join("\n")}\n`).toMatchFileSnapshot("../preview/urns/lab.txt");
  const { resources, pending_operations } = await lab.state();
  const held = resources
    .map(({ urn }) => urn)
    .filter((urn) => !/::pulumi:/.test(urn) && !/\$pulumi:providers:/.test(urn));
  expect(held.sort()).toEqual(first.urns);
  expect(pending_operations).toEqual([]);
});

test("what the lab promises is so", async () => {
  const proofs = [];
  for await (const proof of prove()) proofs.push(proof);
  expect(proofs.filter(({ ok }) => !ok)).toEqual([]);
  expect(proofs.length).toBeGreaterThanOrEqual(7);
});

test("up again has nothing to do, and opens no connection that it does not need", async () => {
  const before = [await connections(core), await connections(apps)];
  expect(before.every((count) => count > 0)).toBe(true);
  const again = await lab.up();
  expect(again.steps).toEqual([]);
  expect(again.urns).toEqual(first.urns);
  expect([await connections(core), await connections(apps)]).toEqual(before);
});

test("what was changed by hand is listed, with one connection per host, and repaired", async () => {
  await core.sh("echo '# by hand' >>/etc/sysctl.d/60-quayside.conf; ufw allow 8081/tcp >/dev/null");
  await apps.sh("docker stop site >/dev/null; systemctl disable --now --quiet fail2ban");
  const before = [await connections(core), await connections(apps)];

  const drift = await lab.preview({ args: ["--refresh", "--diff"] });
  const changed = [
    "apps-edge-probe",
    "apps-hardening-fail2ban",
    "core-hardening-firewall",
    "core-hardening-settings",
    "site-compose",
  ];
  expect(drift.steps.map(({ op, name }) => `${op} ${name}`).sort()).toEqual(changed.map((name) => `update ${name}`));
  const differing = Object.fromEntries(drift.steps.map(({ name, diff }) => [name, Object.keys(diff).sort()]));
  expect(differing).toMatchObject({
    "apps-edge-probe": ['routes["site.lab.test/"].container', 'routes["site.lab.test/"].outside'],
    "apps-hardening-fail2ban": ["enabled", "running"],
    "core-hardening-settings": ['files["/etc/sysctl.d/60-quayside.conf"].content'],
  });
  expect(drift.output).toContain("# by hand");
  const after = [await connections(core), await connections(apps)];
  expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1]);

  const repair = await lab.up({ args: ["--refresh"] });
  expect(repair.steps.map(({ name }) => name).sort()).toEqual(changed);
  expect(await core.sh("cat /etc/sysctl.d/60-quayside.conf; ufw status")).not.toMatch(/by hand|8081/);
  expect(
    await apps.sh(
      "docker inspect -f '{{.State.Health.Status}}' site; systemctl is-enabled fail2ban; systemctl is-active fail2ban",
    ),
  ).toBe("healthy\nenabled\nactive\n");
  expect((await lab.preview({ args: ["--refresh"] })).steps).toEqual([]);
});

test("a new version shows as its image, and is proven to serve by its digest", async () => {
  const preview = await lab.preview({ hello: "1.1.0", args: ["--diff"] });
  expect(preview.steps.map(({ op, name }) => `${op} ${name}`)).toEqual(["update app-compose"]);
  expect(preview.output).toMatch(/image *: "quayside\/hello:1\.0\.0" => "quayside\/hello:1\.1\.0"/);
  expect((await page("app.lab.test")).version).toBe("1.0.0");

  await lab.up({ hello: "1.1.0" });
  expect((await page("app.lab.test")).version).toBe("1.1.0");
  const [image = ""] = (await core.sh("docker inspect --format '{{.Image}}' app")).trim().split("\n");
  const repoDigest = await core.sh(`docker image inspect --format '{{index .RepoDigests 0}}' ${image}`);
  const { resources } = await lab.state();
  const compose = resources.find(({ urn }) => urn.endsWith("::app-compose"));
  expect(Object.values(compose?.outputs?.["digests"] ?? {}).join()).toContain(repoDigest.trim().split("@")[1]);
});

test("a version that does not get healthy leaves the old one serving, and its log is in the error", async () => {
  const broken = await lab.up({ hello: "1.2.0", mayFail: true });
  expect(broken.code).not.toBe(0);
  expect(broken.output).toMatch(/migration 7 is missing: relation \\?"greetings\\?" does not exist/);
  expect(broken.output).toContain("the one that runs was not touched and goes on serving");
  printed.push(broken.output);
  expect((await page("app.lab.test")).version).toBe("1.1.0");
  expect((await lab.up({ hello: "1.1.0" })).diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect((await page("app.lab.test")).version).toBe("1.1.0");
});

test("containers are reached by what is published only, even from a neighbour that routes to their networks", async () => {
  expect(await reaches(core.address, 443)).toBe(true);
  for (const port of [5432, 6379, 8080, 2019])
    expect(await reaches(core.address, port, 1000), `port ${port}`).toBe(false);
  const addresses = await core.sh(
    "docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' postgres redis app",
  );
  const [postgres, redis, ...app] = addresses.trim().split(/\s+/);
  const targets = [`${postgres}/5432`, `${redis}/6379`, ...app.map((address) => `${address}/8080`)];
  expect(targets).toHaveLength(4);
  const knock = (target: string) => `timeout 2 bash -c '</dev/tcp/${target}' 2>/dev/null && echo open || echo closed`;
  // The attempt itself is sound: from the host, the same ports answer.
  expect(await core.sh(targets.map(knock).join("\n"))).toBe("open\n".repeat(4));
  // The neighbour has a network of its own at the range of the frontend, so only the backend can be routed there.
  const inside = targets.filter((target) => target.startsWith("172.20.2."));
  try {
    await apps.sh(`ip route add 172.20.2.0/24 via ${core.address}`);
    expect(await apps.sh(inside.map(knock).join("\n"))).toBe("closed\n".repeat(3));
  } finally {
    await apps.sh("ip route del 172.20.2.0/24");
  }
});

test("who a service refuses again and again is banned from its host", async () => {
  const options = `-sk -m 5 -o /dev/null -w '%{http_code}' --resolve site.lab.test:443:${apps.address}`;
  const ask = `curl ${options} https://site.lab.test/ || :`;
  expect(await core.sh(ask)).toBe("200");
  // What the proxy wrote of it, as if the service had refused it, and that now and many times.
  await apps.sh(`
    log=/opt/quayside/data/apps-edge/logs/access.log
    line=$(grep -F '"client_ip":"${core.address}"' $log | tail -n 1 | sed 's/"status":200/"status":401/')
    for attempt in $(seq 25); do printf '%s\\n' "$line" | sed "s/"ts":[0-9.]*/"ts":$(date +%s)/"; done >>$log
    timeout 60 sh -c 'until fail2ban-client status quayside-proxy | grep -qF ${core.address}; do sleep 0.3; done'`);
  expect(await core.sh(ask)).toBe("000");
  await apps.sh(`fail2ban-client set quayside-proxy unbanip ${core.address}`);
  expect(await core.sh(ask)).toBe("200");
});

test("no secret is in the state, in what was printed, in a command line or in a host's journal", async () => {
  expect(secrets.length).toBeGreaterThan(4);
  expect(commandLines).toEqual([]);
  const texts: Record<string, string> = { state: await lab.stateText(), output: printed.join("\n") };
  for (const machine of [core, apps])
    texts[machine.container] = await machine.sh("journalctl --quiet --no-pager --output cat");
  for (const [where, text] of Object.entries(texts)) {
    expect(text.length, where).toBeGreaterThan(1000);
    expect(secrets.filter((secret) => text.includes(secret)).length, where).toBe(0);
  }
});

test("destroy leaves nothing", async () => {
  const mounts = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}';
  const volumes = (await docker(["inspect", "--format", mounts, core.container, apps.container]))
    .split(/\s+/)
    .filter(Boolean);
  expect(volumes).toHaveLength(2);
  await lab.destroy();

  const left = await Promise.all(CLOUD_LISTS.map(async (list) => [list, await lab.cloud(list)]));
  expect(left).toEqual(CLOUD_LISTS.map((list) => [list, []]));
  const ours = ["--filter", `label=${labLabel}=${lab.name}`, "--format"];
  expect(await docker(["ps", "--all", ...ours, "{{.Names}}"])).toBe("");
  const networks = (await docker(["network", "ls", ...ours, "{{.Name}}"])).split("\n");
  expect(networks.filter((network) => network && network !== publicNetwork)).toEqual([]);
  const kept = (await docker(["volume", "ls", "--format", "{{.Name}}"])).split("\n");
  expect(kept.filter((volume) => volumes.includes(volume))).toEqual([]);
  expect(await readdir(join(lab.folder, "machines", lab.name, "volumes"))).toEqual([]);
  expect((await lab.state()).resources.filter(({ type }) => type !== "pulumi:pulumi:Stack")).toEqual([]);
});

/** What the application says through the proxy, from outside. */
function page(hostname: string): Promise<{ version?: string }> {
  return new Promise((resolve, reject) => {
    // The certificate's own test is one of the proofs.
    const options = {
      host: core.address,
      servername: hostname,
      headers: { host: hostname },
      rejectUnauthorized: false,
    };
    const outgoing = request({ ...options, path: "/", agent: false, timeout: 10_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(response.statusCode === 200 ? JSON.parse(body) : {}));
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`${hostname} does not answer`)));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
