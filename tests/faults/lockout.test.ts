import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { armAndChange } from "../../provider/transport/guard.ts";
import { makeHost, type TestHost } from "../e2e/harness/host.ts";
import { Project } from "../e2e/harness/project.ts";
import { reaches } from "../e2e/harness/reach.ts";

/** Nobody's addresses: a rule for them lets nobody in. */
const ELSEWHERE = "192.0.2.0/24";
const LIMIT_SECONDS = 120;
const PENDING = "ls /var/lib/quayside/guard 2>/dev/null || :";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("lockout");
});
afterAll(() => host?.remove());
beforeEach(async () => {
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterEach(() => project.remove());

const firewall = (from: string) =>
  `new quayside.Firewall("firewall", { host, rules: { ssh: { port: 22, from: "${from}" } } });`;

test("firewall rules that forget the deployer are taken back within two minutes, with one clear error", async () => {
  await project.program(firewall(ELSEWHERE));
  const locked = await project.up({ mayFail: true });
  expect(locked.seconds).toBeLessThan(LIMIT_SECONDS);
  expect(locked.diagnostics.map((said) => said.message).join("\n")).toMatch(
    /the firewall would have locked this deployment out, so the host took the change back and is reachable again/,
  );
  expect(await reaches(host.connection.address, 22)).toBe(true);
  expect(await host.sh("ufw status")).toContain("inactive");
  expect(await host.sh(PENDING)).toBe("");

  await project.program(firewall("any"));
  await project.up();
  const rules = await host.sh("iptables-save -t filter | grep -v '^#' | sed 's/\\[.*//'; cat /etc/ufw/user.rules");
  await project.program(firewall(ELSEWHERE));
  expect((await project.up({ mayFail: true })).code).not.toBe(0);
  expect(await host.sh("iptables-save -t filter | grep -v '^#' | sed 's/\\[.*//'; cat /etc/ufw/user.rules")).toBe(
    rules,
  );
  await project.program(firewall("any"));
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  await project.destroy();
});

test("an SSH daemon that lets others in only goes back to its old settings", async () => {
  await project.program(`new quayside.SshDaemon("sshd", { host, allowUsers: ["root@${ELSEWHERE}"] });`);
  const locked = await project.up({ mayFail: true });
  expect(locked.seconds).toBeLessThan(LIMIT_SECONDS);
  expect(locked.output).toContain("the SSH daemon's settings would have locked this deployment out");
  expect(await host.sh(`sshd -T | grep -i allowusers || :; ls /etc/ssh/sshd_config.d; ${PENDING}`)).toBe(
    "50-cloud-init.conf\n",
  );
  await project.program(`new quayside.SshDaemon("sshd", { host });`);
  await project.up();
  await project.destroy();
});

test("killed before it could prove the host reachable, the provider is not needed: the host reverts, the next run converges", async () => {
  await project.program(firewall(ELSEWHERE));
  let engine = 0;
  const run = project.up({
    mayFail: true,
    onStart: ({ pid }) => {
      engine = pid;
    },
  });
  const rules = () => host.sh("iptables-save -t filter");
  await expect.poll(rules, { timeout: 60_000, interval: 300 }).toContain(`-s ${ELSEWHERE} -p tcp -m tcp --dport 22`);
  expect(await reaches(host.connection.address, 22)).toBe(false);
  const locked = performance.now();
  for (const pid of [...(await descendants(engine)), engine]) kill(pid);
  expect((await run).code).not.toBe(0);
  await project.cancel();

  await expect
    .poll(() => reaches(host.connection.address, 22), { timeout: LIMIT_SECONDS * 1000, interval: 1000 })
    .toBe(true);
  expect((performance.now() - locked) / 1000).toBeLessThan(LIMIT_SECONDS);
  expect(await host.sh("ufw status")).toContain("inactive");

  await project.program(firewall("any"));
  await project.up();
  expect(await host.sh(`ufw status; ${PENDING}`)).toMatch(/22\/tcp +ALLOW/);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  await project.destroy();
});

test("what an interrupted run left unproven is taken back before the next one changes anything", async () => {
  await host.sh(
    armAndChange({
      name: "firewall",
      what: "a mark",
      save: ": >$saved/nothing",
      change: "echo changed >/root/mark",
      revert: "rm -f /root/mark",
    }),
  );
  expect(await host.sh(`cat /root/mark; ${PENDING}`)).toBe("changed\nfirewall\n");
  await project.program(firewall("any"));
  await project.up();
  expect(await host.sh(`ls /root/mark 2>/dev/null || :; ${PENDING}; ls /etc/systemd/system | grep revert || :`)).toBe(
    "",
  );
  await project.destroy();
});

/** The processes that this one has started, theirs included, latest first. */
async function descendants(pid: number): Promise<number[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const children = all.filter((child) => parentOf(child) === pid);
  return (await Promise.all(children.map(async (child) => [...(await descendants(child)), child]))).flat();
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended in between.
  }
}
