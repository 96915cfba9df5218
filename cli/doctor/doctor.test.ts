import { expect, it } from "vitest";
import type { HostConnection } from "../../provider/host.ts";
import { cloudFindings } from "./backend.ts";
import { exitCode, type Finding, renderFindings } from "./finding.ts";
import { judgeHost } from "./hosts.ts";
import { judgeDisk, judgeMemory, judgeSystem } from "./machine.ts";
import { secretFindings } from "./secrets.ts";

const GB = 2 ** 30;

it("knows which machines it runs on", () => {
  const debian = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n';
  expect(judgeSystem(debian, "x64")).toMatchObject({ level: "ok", detail: "Debian GNU/Linux 13 (trixie), x64" });
  expect(judgeSystem("ID=pop\nID_LIKE='ubuntu debian'\n", "arm64")).toMatchObject({ level: "ok" });
  expect(judgeSystem("ID=fedora\n", "x64")).toMatchObject({ level: "problem" });
  expect(judgeSystem(debian, "riscv64")).toMatchObject({ level: "problem" });
  expect([10, 3, 0.5].map((free) => judgeDisk("/cache", free * GB).level)).toEqual(["ok", "warning", "problem"]);
  expect([4, 0.5].map((free) => judgeMemory(8 * GB, free * GB).level)).toEqual(["ok", "warning"]);
});

const host: HostConnection = { name: "core", address: "203.0.113.10", user: "deploy", hostKey: "ssh-ed25519 AAAA" };
const NOW = Date.parse("2026-11-21T16:00:00Z");
const healthy = {
  ...{
    now: String(NOW / 1000),
    uid: "0",
    "disk /": "40000000 20000000",
    docker: "29.1.0",
    synchronised: "yes",
    failed: "",
  },
};

function looked(changes: Partial<Record<string, string>>, needsDocker = true): Record<string, Finding> {
  const facts = Object.entries({ ...healthy, ...changes }).filter(([, value]) => value !== undefined);
  const stdout = facts.map(([key, value]) => `${key} ${value}`).join("\n");
  const findings = judgeHost({ host, result: { code: 0, stdout, stderr: "" } }, NOW, needsDocker);
  return Object.fromEntries(findings.map((finding) => [finding.name.replace("core: ", ""), finding]));
}

it("finds nothing wrong with a healthy host", () => {
  expect(Object.values(looked({})).map(({ level }) => level)).toEqual(["ok", "ok", "ok", "ok"]);
});

it("judges disk, clock, Docker, units and reboots, each with a remedy", () => {
  expect(looked({ "disk /": "40000000 3000000" })["disk /"]).toMatchObject({ level: "warning" });
  expect(looked({ "disk /": "40000000 900000" })["disk /"]).toMatchObject({
    level: "problem",
    detail: "0.9 GB of 38.1 GB free",
  });
  expect(looked({ now: String(NOW / 1000 - 30) })["clock"]).toMatchObject({
    ...{ level: "warning", detail: "30 s behind this machine", remedy: expect.stringContaining("set-ntp true") },
  });
  expect(looked({ now: String(NOW / 1000 + 90) })["clock"]).toMatchObject({ level: "problem" });
  expect(looked({ synchronised: "no" })["clock"]).toMatchObject({ level: "warning" });
  expect(looked({ docker: "" })["Docker"]).toMatchObject({ level: "problem" });
  expect(looked({ docker: "" }, false)["Docker"]).toBeUndefined();
  expect(looked({ failed: "fail2ban.service " })["units"]).toMatchObject({
    remedy: "systemctl status fail2ban.service",
  });
  expect(looked({ reboot: "wanted" })["reboot"]).toMatchObject({ level: "warning" });
});

it("tells apart why a host does not let in", () => {
  const refused = (error: string) => judgeHost({ host, error }, NOW, true)[0];
  const label = "core (deploy@203.0.113.10:22): ";
  expect(
    refused(
      `${label}cannot connect: it does not answer (tried for 5 s). Is the host up, is the address right, does a firewall let SSH through?`,
    ),
  ).toEqual({
    ...{ area: "hosts", name: "core: reachable", level: "problem" },
    detail: "cannot connect: it does not answer (tried for 5 s).",
    remedy: "Is the host up, is the address right, does a firewall let SSH through?",
  });
  expect(
    refused(`${label}the host refused our SSH key. Allow the deploy key for deploy there, or give the right one.`),
  ).toMatchObject({ name: "core: login", remedy: expect.stringMatching(/^Allow the deploy key/) });
  expect(
    refused(
      `${label}the host presents another key than the pinned one, so nothing was sent to it.\n  expected a\n  presented b\nIf the host was reinstalled`,
    ),
  ).toMatchObject({ name: "core: host key", remedy: "If the host was reinstalled" });
  const noSudo = { code: 1, stdout: "", stderr: "sudo: a password is required\n" };
  expect(judgeHost({ host, result: noSudo }, NOW, true)).toMatchObject([
    { name: "core: sudo", remedy: expect.stringContaining("NOPASSWD") },
  ]);
});

it("finds out whether the cloud takes the token, and does not show it", async () => {
  const access = { endpoint: "https://cloud/v1", token: "s3cr3t-token" };
  const answering = (status: number) => (async () => new Response("{}", { status })) as typeof fetch;
  const all = [
    ...(await cloudFindings("prod", access, answering(200))),
    ...(await cloudFindings("prod", access, answering(401))),
    ...(await cloudFindings("prod", access, () => Promise.reject(new TypeError("fetch failed")))),
    ...(await cloudFindings("prod", undefined)),
  ];
  expect(all.map(({ level }) => level)).toEqual(["ok", "problem", "problem", "warning"]);
  expect(JSON.stringify(all)).not.toContain(access.token);
});

it("opens the secrets of the lab, whose key is committed on purpose", () => {
  const findings = secretFindings("lab");
  expect(findings.map(({ level }) => level)).toEqual(["ok", "ok", "ok"]);
  expect(secretFindings("nowhere")).toMatchObject([{ level: "problem", remedy: "./quay secrets init nowhere" }]);
});

it("shows each remedy below what it is for, and fails for problems alone", () => {
  const warning: Finding = { area: "tools", name: "plugin", level: "warning", detail: "a\nb", remedy: "./quay setup" };
  const fine: Finding = { area: "machine", name: "disk", level: "ok", detail: "40 GB" };
  expect(renderFindings([warning, fine])).toBe(
    [
      ...["machine", "  ok       disk    40 GB", ""],
      ...["tools", "  WARNING  plugin  a", "                   b", "                   -> ./quay setup", ""],
      ...["no problem, 1 warning", ""],
    ].join("\n"),
  );
  expect([exitCode([warning, fine]), exitCode([{ ...fine, level: "problem" }])]).toEqual([0, 1]);
});
