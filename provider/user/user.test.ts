import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Session } from "../transport/session.ts";
import { accountOptions, changesUser, isLogin } from "./plan.ts";
import { changeUser, parseUser, restoreUser, saveUser } from "./script.ts";
import { type UserState, userType } from "./type.ts";

const key = `ssh-ed25519 ${"A".repeat(68)} ann@desk`;
const inputs = (more: object = {}) =>
  userType.schema.parse({ host: { name: "core", address: "::1" }, user: "ann", ...more });
const printed = `ann:x:1000:1000:Ann,,,:/home/ann:/bin/bash\nann sudo adm\nann\nann L 2026-01-01\npasswordless\n# by hand\n${key}\n`;

describe("users", () => {
  test("are read in the words of the inputs", () => {
    expect(parseUser(printed, inputs())).toEqual({
      ...{ user: "ann", uid: 1000, home: "/home/ann", shell: "/bin/bash", groups: ["adm", "sudo"] },
      ...{ authorizedKeys: [key], sudo: "passwordless", password: "locked" },
    });
    expect(parseUser("", inputs())).toBeUndefined();
  });

  test("that are as wanted are left alone; what is not declared is not managed", () => {
    const observed = parseUser(printed, inputs());
    if (!observed) throw new Error("not read");
    expect(changesUser(inputs({ sudo: "passwordless" }), observed)).toBe(false);
    expect(changesUser(inputs({ sudo: "passwordless", groups: ["sudo", "adm", "sudo"] }), observed)).toBe(false);
    expect(changesUser(inputs({ sudo: "none" }), observed)).toBe(true);
    expect(changesUser(inputs({ sudo: "passwordless", authorizedKeys: [] }), observed)).toBe(true);
    expect(accountOptions(inputs({ shell: "/bin/sh", groups: ["adm"], uid: 1000 }), observed)).toEqual([
      "--shell",
      "/bin/sh",
      "--groups",
      "adm",
    ]);
  });

  test("of services have no home and no shell", () => {
    expect(accountOptions(inputs({ system: true }), undefined)).toEqual([
      "--shell",
      "/usr/sbin/nologin",
      "--system",
      "--no-create-home",
    ]);
  });

  test("a sudo rule is validated before it counts", () => {
    expect(changeUser(inputs({ sudo: "passwordless" }), undefined)).toContain("visudo -cqf");
  });

  test("that a deployment logs in as are known, by any way that it comes", () => {
    const host = { name: "core", address: "::1" };
    expect(isLogin(host, "root")).toBe(true);
    expect(isLogin({ ...host, user: "deploy" }, "root")).toBe(false);
    expect(isLogin({ ...host, user: "deploy" }, "deploy")).toBe(true);
    expect(isLogin({ ...host, otherwise: { ...host, user: "deploy" } }, "deploy")).toBe(true);
  });

  test("that a deployment logs in as are never deleted", async () => {
    const fail = (message: string) => new Error(message);
    for (const user of ["deploy", "root"]) {
      const host = { name: "core", address: "::1", user: "deploy" };
      const session = { host, fail } as unknown as Session;
      const removing = userType.remove(session, inputs({ user, host }), {} as UserState);
      await expect(removing).rejects.toThrow(/state delete/);
    }
  });

  test("are put back by scripts that a shell understands, and that show no password's hash to other users", () => {
    const observed = parseUser(printed, inputs());
    if (!observed) throw new Error("not read");
    const script = `${saveUser("ann")}\n${restoreUser(observed)}`;
    execFileSync("sh", ["-n"], { input: script });
    expect(script).toContain("usermod --shell /bin/bash --home /home/ann --groups adm,sudo -- ann");
    expect(script).not.toContain("--password");
  });

  test.each([
    ["authorizedKeys", ["ssh-ed25519 short"]],
    ["authorizedKeys", [`${key}\n${key}`]],
    ["user", "Ann"],
    ["user", "ann;id"],
    ["shell", "bash"],
  ])("%s %j is refused", (property, value) => {
    expect(() => inputs({ [property]: value })).toThrow();
  });
});
