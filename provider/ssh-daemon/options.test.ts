import { expect, test } from "vitest";
import { parseDump, parseListening, stateOf } from "./effective.ts";
import { sshDaemonSchema } from "./options.ts";
import { socketOverride } from "./script.ts";

const host = { name: "core", address: "10.0.0.1" };
const parse = (options: object) => sshDaemonSchema.parse({ host, ...options });
const faults = (options: object) =>
  sshDaemonSchema
    .safeParse({ host, ...options })
    .error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) ?? [];

test("the file: secure by default, a keyword a line, other keywords last", () => {
  expect(parse({ allowUsers: ["root", "deploy@10.*"], extra: { LogLevel: "VERBOSE" } }).config).toBe(
    `# Kept by Quayside: changes by hand are taken back.
Port 22
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowUsers root
AllowUsers deploy@10.*
MaxAuthTries 4
MaxSessions 10
MaxStartups 10:30:100
LoginGraceTime 30
ClientAliveInterval 60
ClientAliveCountMax 3
X11Forwarding no
AllowTcpForwarding yes
AllowAgentForwarding no
LogLevel VERBOSE
`,
  );
});

test("what would surely lock the deployment out is refused, all at once", () => {
  expect(faults({ ports: [804], permitRootLogin: "no", allowUsers: ["alice"] })).toEqual([
    expect.stringMatching(/^ports: .*port 22/),
    expect.stringMatching(/^permitRootLogin: .*root/),
    expect.stringMatching(/^allowUsers: .*root/),
  ]);
  expect(faults({ allowUsers: ["alice", "ro*"] })).toEqual([]);
  expect(faults({ host: { ...host, user: "deploy" }, permitRootLogin: "no", allowUsers: ["deploy"] })).toEqual([]);
});

test("extra keywords stay plain lines", () => {
  expect(faults({ extra: { Match: "all" } })).toHaveLength(1);
  expect(faults({ extra: { Port: "1" } })).toEqual([expect.stringContaining("option of its own")]);
  expect(faults({ extra: { Banner: "a\nPermitRootLogin yes" } })).toHaveLength(1);
});

test("values that mean the same are as declared; others are in sshd's words", () => {
  const inputs = parse({ ports: [22, 804], extra: { RekeyLimit: "1G 1h", LogLevel: "INFO" } });
  const wanted = parseDump("port 22\nport 804\npasswordauthentication no\nrekeylimit 1073741824 3600\nloglevel INFO\n");
  const state = stateOf(
    {
      config: inputs.config,
      wanted,
      effective: parseDump(
        "port 804\nport 22\npasswordauthentication yes\nrekeylimit 1073741824 3600\nloglevel DEBUG\n",
      ),
      listening: parseListening("00000000:0016\n0100007F:0CEA\n"),
    },
    inputs,
  );
  expect(state.extra).toEqual({ RekeyLimit: "1G 1h", LogLevel: "DEBUG" });
  expect(state.passwordAuthentication).toBe(true);
  expect(state.ports).toEqual([22]);
});

test("systemd's socket listens where sshd would", () => {
  expect(socketOverride(parse({ ports: [22, 804], listenAddresses: ["10.0.0.1", "fd00::1"] }))).toBe(
    "[Socket]\nListenStream=\nListenStream=10.0.0.1:22\nListenStream=[fd00::1]:22\nListenStream=10.0.0.1:804\nListenStream=[fd00::1]:804\nFreeBind=yes\n",
  );
});
