/** What `quay doctor` says of a real host, healthy and in the ways that hosts get ill. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Finding } from "../../cli/doctor/finding.ts";
import { judgeHost, LOOK } from "../../cli/doctor/hosts.ts";
import { askHosts } from "../../cli/hosts.ts";
import type { HostConnection } from "../../provider/host.ts";
import { generateEd25519 } from "../../secrets/ed25519.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { quayCommand } from "./harness/quay.ts";

let host: TestHost;
beforeAll(async () => {
  host = await makeHost("doctor");
});
afterAll(() => host?.remove());

/** By what it is about. */
async function look(changes: Partial<HostConnection> = {}, keyFile = host.keyFile): Promise<Record<string, Finding>> {
  const connection = { ...host.connection, patience: 5, ...changes };
  const [answer] = await askHosts([connection], LOOK, keyFile);
  if (!answer) throw new Error("nobody was asked");
  return Object.fromEntries(judgeHost(answer, Date.now(), true).map((finding) => [finding.name, finding]));
}

test("a healthy host is well", async () => {
  const found = await look();
  const { "doctor: clock": clock, "doctor: units": _units, ...rest } = found;
  expect(Object.keys(rest)).toEqual(expect.arrayContaining(["doctor: login", "doctor: Docker", "doctor: disk /"]));
  for (const [about, finding] of Object.entries(rest)) {
    // The lab's hosts share this machine's disk, which may be full, and its clock, which nothing in them keeps.
    if (about.startsWith("doctor: disk ")) expect(finding.detail).toMatch(/^[\d.]+ GB of [\d.]+ GB free/);
    else expect(finding, finding.detail).toMatchObject({ level: "ok" });
  }
  expect(clock?.detail).toMatch(/right/);
});

test("a Docker that has stopped is a problem", async () => {
  await host.sh("systemctl stop docker.socket docker.service");
  expect((await look())["doctor: Docker"]).toMatchObject({ level: "problem" });
  await host.sh("systemctl start docker.service");
  expect((await look())["doctor: Docker"]).toMatchObject({ level: "ok" });
});

test("another host key, another SSH key, and a user without sudo are told apart", async () => {
  const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";
  const wrong = await look({ hostKey });
  expect(wrong["doctor: host key"]).toMatchObject({
    ...{ level: "problem", remedy: expect.stringContaining("put its new key in the stack") },
  });

  const file = join(dirname(host.keyFile), "stranger");
  writeFileSync(file, (await generateEd25519()).privateKey, { mode: 0o600 });
  expect((await look({}, file))["doctor: login"]).toMatchObject({
    ...{ level: "problem", remedy: expect.stringMatching(/^Allow the deploy key for root/) },
  });

  await host.sh(
    "useradd --create-home --shell /bin/sh visitor; install -d -o visitor -m 700 /home/visitor/.ssh; " +
      "install -o visitor -m 600 /root/.ssh/authorized_keys /home/visitor/.ssh/authorized_keys",
  );
  expect((await look({ user: "visitor" }))["doctor: sudo"]).toMatchObject({
    ...{ level: "problem", remedy: expect.stringContaining("visitor ALL=(ALL) NOPASSWD: ALL") },
  });
  await host.sh("echo 'visitor ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/quayside");
  expect((await look({ user: "visitor" }))["doctor: login"]).toMatchObject({ level: "ok" });
});

test("a host that nobody can connect to is a problem with its reason", async () => {
  expect((await look({ port: 2 }))["doctor: reachable"]).toMatchObject({
    ...{ level: "problem", detail: expect.stringContaining("nothing listens on that port") },
  });
});

test("the command says what it found as JSON, and its exit code is for CI", async () => {
  const { code, stdout } = await quayCommand(["doctor", "--json"], { mayFail: true });
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(findings).toContainEqual(expect.objectContaining({ area: "tools", name: "engine", level: "ok" }));
  expect(code).toBe(findings.some(({ level }) => level === "problem") ? 1 : 0);
  for (const { level, remedy } of findings) if (level !== "ok") expect(remedy).toBeTruthy();
});
