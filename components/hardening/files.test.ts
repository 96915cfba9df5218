import { describe, expect, test } from "vitest";
import { renderAuditRules, renderFail2ban, renderJournald, renderSysctl, renderUnattendedUpgrades } from "./files.ts";

describe("hardening files", () => {
  test("the kernel keeps forwarding, for Docker", () => {
    expect(renderSysctl({ kernel: true })).toContain("net.ipv4.ip_forward = 1\n");
    expect(renderSysctl({ kernel: true })).toContain("kernel.kptr_restrict = 2\n");
  });

  test("a shared kernel is left alone: only the network's own settings", () => {
    const names = renderSysctl({ kernel: false })
      .trim()
      .split("\n")
      .map((line) => line.split(".")[0]);
    expect(new Set(names)).toEqual(new Set(["net"]));
    expect(renderSysctl({ kernel: false })).not.toContain("net.core.bpf");
  });

  test("the journal has limits", () => {
    expect(renderJournald({ maxUse: "500M", keepFree: "1G" })).toBe(
      "[Journal]\nStorage=persistent\nCompress=yes\nSystemMaxUse=500M\nSystemKeepFree=1G\n",
    );
  });

  test("who guesses at SSH is banned, who deploys never", () => {
    const options = { sshPort: 804, ignore: ["203.0.113.7/32"], banTime: "1h", maxRetry: 5 };
    const plain = renderFail2ban(options);
    expect(plain).toContain("ignoreip = 127.0.0.1/8 ::1 203.0.113.7/32\n");
    expect(plain).toContain("[sshd]\nenabled = true\nmode = aggressive\nport = 804\n");
  });

  test("updates reboot only when told to", () => {
    expect(renderUnattendedUpgrades({ reboot: false, rebootTime: "04:30" })).toContain('Automatic-Reboot "false";');
  });

  test("every audit rule watches writes and attribute changes under a key", () => {
    const rules = renderAuditRules().trim().split("\n").slice(3);
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) expect(rule).toMatch(/^-w \/\S+ -p wa -k \w+$/);
  });
});
