import { afterAll, beforeAll, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("users");
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

const ann = (more: string) => `new quayside.User("ann", { host, user: "ann", ${more} });`;

const projectAs = (user: string) => Project.create({ host: { ...host.connection, user }, keyFile: host.keyFile });

test("a user is made with keys and sudo, and can log in and become root with nothing else", async () => {
  await project.program(`
    ${ann(`uid: 4321, groups: ["adm", "users"], authorizedKeys: ["${host.publicKey} ann@desk"], sudo: "passwordless"`)}
    new quayside.User("svc", { host, user: "svc", system: true, home: "/srv/svc" });
  `);
  await project.up();
  expect(
    await host.sh("id -u ann; id -nG ann; passwd -S ann | cut -d' ' -f2; stat -c '%a %U' ~ann/.ssh/authorized_keys"),
  ).toBe("4321\nann adm users\nL\n600 ann\n");
  expect(await host.sh("getent passwd svc | cut -d: -f6,7; [ $(id -u svc) -lt 1000 ] && ls -d /srv/svc || :")).toBe(
    "/srv/svc:/usr/sbin/nologin\n",
  );
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  const asAnn = await projectAs("ann");
  await asAnn.program('new quayside.File("root", { host, path: "/etc/by-ann", content: "x", mode: "600" });');
  await asAnn.up();
  await asAnn.remove();
  expect(await host.sh("stat -c '%U %a' /etc/by-ann")).toBe("root 600\n");
});

test("a foreign key, a password, a group and a shell set by hand are seen and repaired", async () => {
  await host.sh(
    "echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK foe' >>~ann/.ssh/authorized_keys; " +
      "echo ann:open | chpasswd; usermod -aG sudo -s /bin/sh ann; rm /etc/sudoers.d/quayside-ann",
  );
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([{ op: "update", name: "ann" }]);
  expect(Object.keys(drift.steps[0]?.diff ?? {}).sort()).toEqual(
    ["authorizedKeys[1]", "groups[1]", "groups[2]", "password", "shell", "sudo"].sort(),
  );
  await project.up({ refresh: true });
  expect(await host.sh("id -nG ann; passwd -S ann | cut -d' ' -f2; grep -c . ~ann/.ssh/authorized_keys")).toBe(
    "ann adm users\nL\n1\n",
  );
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

test("keys are not written through a link that the user made", async () => {
  await host.sh(
    "echo keep >/etc/victim; chmod 600 /etc/victim; rm ~ann/.ssh/authorized_keys; ln -s /etc/victim ~ann/.ssh/authorized_keys",
  );
  await project.up({ refresh: true });
  expect(await host.sh("cat /etc/victim; stat -c '%U %F' ~ann/.ssh/authorized_keys")).toBe("keep\nann regular file\n");
});

test("what nobody can be is refused before anything happens", async () => {
  await project.program(ann('authorizedKeys: ["not a key"], user: "Ann B"').replace('user: "ann", ', ""));
  const run = await project.preview({ mayFail: true });
  expect(run.output).toContain("a login name is needed");
  expect(run.output).toContain("authorizedKeys[0]");
});

test("who a deployment logs in as is not shut out: what would do that is taken back, and a run works after it", async () => {
  const deploy = (more: string) => `new quayside.User("deploy", { host, user: "deploy", groups: ["adm"], ${more} });`;
  const own = `authorizedKeys: ["${host.publicKey} deploy@ci"]`;
  const foreign = `${host.publicKey.slice(0, -8)}AAAAAAAA`;
  const before = () =>
    host.sh(
      "cat ~deploy/.ssh/authorized_keys /etc/sudoers.d/quayside-deploy; stat -c '%a %U' ~deploy/.ssh/authorized_keys" +
        "; getent passwd deploy; getent shadow deploy | cut -d: -f2; id -nG deploy" +
        "; ls -A ~deploy/.ssh /etc/sudoers.d; ls -d /var/lib/quayside/guard/* 2>/dev/null || :; systemctl list-timers --no-legend 'quayside*'",
    );
  const asRoot = await projectAs("root");
  await asRoot.program(deploy(`${own}, sudo: "passwordless"`));
  await asRoot.up();
  await asRoot.remove();
  const asDeploy = await projectAs("deploy");
  try {
    await asDeploy.program(deploy(`${own}, sudo: "passwordless"`));
    await asDeploy.up();
    const good = await before();
    for (const [wrong, reason] of [
      [`authorizedKeys: ["${foreign}"], sudo: "passwordless"`, "refused our SSH key"],
      [own, "a new login cannot run anything: sudo: a password is required"],
    ] as const) {
      await asDeploy.program(deploy(wrong));
      const refused = await asDeploy.up({ mayFail: true });
      expect(refused.code, wrong).not.toBe(0);
      expect(refused.output).toContain("so the host took the change back and is reachable again");
      expect(refused.output).toContain(reason);
      expect(refused.output).toContain("Declare the key that this deployment uses among authorizedKeys");
      expect(await before()).toBe(good);
    }
    await asDeploy.program("");
    const kept = await asDeploy.up({ mayFail: true });
    expect(kept.code).not.toBe(0);
    expect(kept.output).toContain("deploy is not deleted, as this deployment logs in as that user");
    expect(await before()).toBe(good);

    // What lets it in all the same is no fault: another key beside its own.
    await asDeploy.program(
      deploy(`authorizedKeys: ["${foreign}", "${host.publicKey} deploy@ci"], sudo: "passwordless"`),
    );
    await asDeploy.up();
    expect(await host.sh("grep -c . ~deploy/.ssh/authorized_keys")).toBe("2\n");
    expect((await asDeploy.up({ refresh: true })).steps).toEqual([]);
  } finally {
    await asDeploy.remove();
  }
});

test("root is never deleted", async () => {
  const asRoot = await projectAs("root");
  await asRoot.program('new quayside.User("root", { host, user: "root" });');
  await asRoot.up();
  expect((await asRoot.destroy({ mayFail: true })).output).toContain("root is never deleted");
  await asRoot.remove();
});

test("deleting a user keeps the home, and ends what it runs", async () => {
  await host.sh("setpriv --reuid=ann --regid=ann --clear-groups sleep 1000 >/dev/null 2>&1 & sleep 0.2");
  await project.destroy();
  expect(
    await host.sh("id ann 2>/dev/null || echo gone; ls -d /home/ann; ls /etc/sudoers.d/quayside-ann 2>/dev/null || :"),
  ).toBe("gone\n/home/ann\n");
});
