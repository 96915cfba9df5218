import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { commandConnection, HostCommand } from "../../components/host-command/host-command.ts";
import { faultsOf, recordResources, resourcesOf, server } from "./mocks.ts";

recordResources();
beforeEach(() => {
  vi.stubEnv("QUAYSIDE_SSH_KEY_FILE", "");
  vi.stubEnv("SSH_AUTH_SOCK", "");
  vi.stubEnv("HOME", "/nonexistent");
});
afterEach(() => vi.unstubAllEnvs());

const SECRET = "4dabf18193072939515e22adb298388d";

describe("HostCommand", () => {
  test("sends the script over standard input, logs nothing, and is bound to the host", async () => {
    const resources = await resourcesOf(() => {
      new HostCommand("owner", {
        host: server(),
        run: 'create-owner "$password"',
        unless: "test -e /owner",
        variables: { password: "hunter2" },
        triggers: ["1"],
      });
    });
    const { type, inputs } = resources["owner-command"] ?? {};
    expect(type).toBe("command:remote:Command");
    expect(inputs).toMatchObject({
      create: `sh -c 'eval "$(cat)" </dev/null'`,
      update: "true",
      triggers: ["core", 'create-owner "$password"', "1"],
      logging: "none",
      addPreviousOutputInEnv: false,
    });
    expect(inputs).not.toHaveProperty("delete");
    expect(inputs.stdin[SECRET]).toBeDefined();
    expect(inputs.stdin.value).toContain("password=hunter2\n");
    expect(inputs.connection[SECRET]).toBeDefined();
    expect(inputs.connection.value).toMatchObject({
      host: "203.0.113.10",
      port: 22,
      user: "root",
      hostKey: expect.stringMatching(/^ssh-ed25519 /),
    });
    const { stdin: _, ...rest } = inputs;
    expect(JSON.stringify(rest)).not.toContain("hunter2");
  });

  test("every fault at once", () => {
    const variables = { "a-b": "1", PATH: "2", fine: "3" };
    expect(faultsOf(() => new HostCommand("owner", { host: server(), run: " ", unless: "", variables }))).toEqual([
      "run is empty; a shell script is needed",
      "unless is empty; a shell script is needed",
      "variables.a-b is not a shell variable's name; letters, digits and _ are allowed",
      "variables.PATH is a name that the shell or this step uses itself; choose another one",
    ]);
  });
});

describe("commandConnection", () => {
  const host = { name: "core", address: "203.0.113.10", hostKey: "ssh-ed25519 AAAA" };

  test("goes through the same hosts as everything else", () => {
    const jump = { name: "hub", address: "203.0.113.20", port: 804, hostKey: "ssh-ed25519 BBBB" };
    expect(commandConnection({ ...host, user: "admin", jump }, { privateKey: "key" })).toEqual({
      host: "203.0.113.10",
      port: 22,
      user: "admin",
      hostKey: "ssh-ed25519 AAAA",
      dialErrorLimit: 10,
      perDialTimeout: 15,
      privateKey: "key",
      proxy: {
        host: "203.0.113.20",
        port: 804,
        user: "root",
        hostKey: "ssh-ed25519 BBBB",
        dialErrorLimit: 10,
        perDialTimeout: 15,
        privateKey: "key",
      },
    });
  });

  test("refuses a host, or one on the way, that need not prove who it is", () => {
    const { hostKey: _, ...unpinned } = host;
    expect(() => commandConnection(unpinned, {})).toThrow(/host "core" has no pinned host key.*ssh-keyscan/);
    expect(() => commandConnection({ ...host, jump: { ...unpinned, name: "hub" } }, {})).toThrow(/host "hub" has no/);
  });
});
