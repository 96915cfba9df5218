import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";
import { reaches } from "./harness/reach.ts";

const FILE = "/etc/ssh/sshd_config.d/00-quayside.conf";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("sshd");
});
afterAll(() => host?.remove());
beforeEach(async () => {
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterEach(() => project.remove());

const daemon = (options: string, connection = "host") =>
  `new quayside.SshDaemon("sshd", { host: ${connection}, ${options} });`;
const effective = (keyword: string) => host.sh(`sshd -T | grep -i '^${keyword} ' | cut -d' ' -f2`);

test("settings take effect, stay, are seen when overridden in any file, repaired, and go away", async () => {
  const main = await host.sh("cat /etc/ssh/sshd_config");
  await project.program(daemon(`maxAuthTries: 3, x11Forwarding: false, extra: { Ciphers: "aes256-gcm@openssh.com" }`));
  expect((await project.up()).steps).toMatchObject([{ op: "create", name: "sshd" }]);
  expect(await effective("ciphers")).toBe("aes256-gcm@openssh.com\n");
  expect(await effective("maxauthtries")).toBe("3\n");
  expect((await project.up()).steps).toEqual([]);

  await host.sh(`echo 'Port 2222' >>/etc/ssh/sshd_config
    printf 'PasswordAuthentication yes\\nMaxAuthTries 9\\n' >/etc/ssh/sshd_config.d/00-a.conf
    echo '# mine' >>${FILE}; systemctl restart ssh`);
  expect(await reaches(host.connection.address, 2222)).toBe(true);
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([{ op: "update", name: "sshd" }]);
  expect(drift.steps[0]?.diff).toEqual({
    "ports[1]": "delete",
    passwordAuthentication: "update",
    maxAuthTries: "update",
    config: "update",
  });

  await project.up({ refresh: true });
  expect(await reaches(host.connection.address, 2222)).toBe(false);
  expect(await effective("passwordauthentication")).toBe("no\n");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await host.sh("rm /etc/ssh/sshd_config.d/00-a.conf; sed -i '/Port 2222/d' /etc/ssh/sshd_config");
  await project.destroy();
  expect(await host.sh(`cat /etc/ssh/sshd_config; ls ${FILE} 2>/dev/null || :`)).toBe(main);
  expect(await effective("maxauthtries")).toBe("6\n");
});

test("a daemon that is as declared is adopted without a restart", async () => {
  await project.program(daemon("maxAuthTries: 5"));
  await project.up();
  const pid = () => host.sh("systemctl show -P MainPID ssh");
  const before = await pid();
  const adopting = await Project.create({ host: host.connection, keyFile: host.keyFile });
  try {
    await adopting.program(daemon("maxAuthTries: 5"));
    await adopting.up();
    expect(await pid()).toBe(before);
    await adopting.program(daemon("maxAuthTries: 4"));
    await adopting.up();
    expect(await pid()).not.toBe(before);
  } finally {
    await adopting.remove();
  }
});

test("the port moves in three steps, each of them safe; removing the settings keeps the one in use", async () => {
  const moved = JSON.stringify({ ...host.connection, port: 804 });
  await project.program(daemon("ports: [22]"));
  await project.up();
  await project.program(daemon("ports: [804]"));
  expect((await project.preview({ mayFail: true })).output).toContain("declare both ports first");
  await project.program(daemon("ports: [22, 804]"));
  await project.up();
  await project.program(daemon("ports: [22, 804]", moved));
  expect((await project.up()).steps).toEqual([]);
  await project.program(daemon("ports: [804]", moved));
  await project.up();
  expect(await reaches(host.connection.address, 22)).toBe(false);
  await project.destroy();
  expect(await reaches(host.connection.address, 804)).toBe(true);
  await host.sh(`rm ${FILE}; systemctl restart ssh`);
});

test("where systemd listens in sshd's stead, its socket has the ports", async () => {
  await host.sh("systemctl disable --now ssh.service; systemctl enable --now ssh.socket");
  try {
    await project.program(daemon("ports: [22, 805]"));
    await project.up();
    expect(await reaches(host.connection.address, 805)).toBe(true);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);
    await project.program(daemon("ports: [22]"));
    await project.up();
    expect(await reaches(host.connection.address, 805)).toBe(false);
    await project.destroy();
    expect(await reaches(host.connection.address, 22)).toBe(true);
    expect(await host.sh("ls /etc/systemd/system/ssh.socket.d 2>/dev/null || :")).toBe("");
  } finally {
    // The socket has started ssh.service. Enabling it while it runs gives it its alias sshd.service, for which others
    // wait, and systemd may then forget that it runs: the next start finds the port taken.
    await host.sh("systemctl disable --now ssh.socket; systemctl stop ssh.service; systemctl enable --now ssh.service");
  }
});

test("settings that sshd refuses or that surely lock out are one clear error each, and change nothing", async () => {
  const before = await host.sh("sshd -T; ls /etc/ssh/sshd_config.d");
  await project.program(daemon(`extra: { Ciphers: "rot13" }`));
  const refused = await project.up({ mayFail: true });
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/Bad SSH2 cipher spec/);
  await project.program(daemon(`permitRootLogin: "no", allowUsers: ["alice"], extra: { Match: "all", Port: "1" }`));
  const { output } = await project.preview({ mayFail: true });
  expect(output).toContain("Match and Include are not possible here");
  expect(output).toContain("this keyword has an option of its own");
  await project.program(daemon(`permitRootLogin: "no", allowUsers: ["alice"]`));
  const locking = await project.preview({ mayFail: true });
  expect(locking.output).toContain("this deployment logs in as root");
  expect(locking.output).toContain("who is not among them");
  expect(await host.sh("sshd -T; ls /etc/ssh/sshd_config.d")).toBe(before);
});
