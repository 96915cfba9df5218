import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Connection } from "../../provider/transport/connection.ts";
import { armAndChange, disarm, guarded } from "../../provider/transport/guard.ts";
import { ConnectionPool } from "../../provider/transport/pool.ts";
import { Sessions } from "../../provider/transport/session.ts";
import { generateEd25519 } from "../../secrets/ed25519.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { execute, processesBelow } from "./harness/processes.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("transport");
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});
beforeEach(async () => {
  await project?.remove();
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});

const file = (name: string, content: string, connection = "host") =>
  `new quayside.File("${name}", { host: ${connection}, path: "/srv/t/${name}", content: ${JSON.stringify(content)} });`;
const logins = async () =>
  Number(
    await host.sh(
      "journalctl --boot --quiet --identifier sshd --identifier sshd-session | grep -c 'Accepted publickey' || :",
    ),
  );
const missing = (path: string) => host.sh(`ls ${path} 2>/dev/null || echo missing`);

test("a run with many resources opens one connection, a run without changes none", async () => {
  const many = Array.from({ length: 40 }, (_, i) => file(`many-${i}`, `${i}`)).join("\n");
  await project.program(many);
  const before = await logins();
  await project.up();
  expect(await host.sh("ls /srv/t | grep -c many")).toBe("40\n");
  expect(await logins()).toBe(before + 1);
  expect((await project.up()).steps).toEqual([]);
  expect(await logins()).toBe(before + 1);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  expect(await logins()).toBe(before + 2);
});

test("a preview of something new needs neither host nor key", async () => {
  const nowhere = await Project.create({ host: { name: "nowhere", address: "192.0.2.1" }, keyFile: "/nonexistent" });
  const run = await (await nowhere.program(file("planned", "x"))).preview();
  expect(run.steps).toMatchObject([{ op: "create", name: "planned" }]);
  await nowhere.remove();
});

test("a host with another key than the pinned one gets nothing, and both fingerprints are told", async () => {
  const other = (await generateEd25519()).publicKey;
  await project.program(file("secret", "x", `{ ...host, hostKey: ${JSON.stringify(other)} }`));
  const run = await project.up({ mayFail: true });
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/presents another key than the pinned one/);
  const shown = await host.sh("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d' ' -f2");
  expect(run.output).toContain(shown.trim());
  expect(await missing("/srv/t/secret")).toBe("missing\n");
});

test("without a pinned key the first one is recorded, and has to stay", async () => {
  await project.program(file("first", "x", "{ ...host, hostKey: undefined }"));
  await project.up();
  const known = `${project.folder}/known_hosts`;
  expect(await readFile(known, "utf8")).toBe(`${host.connection.address} ${host.connection.hostKey}\n`);
  const other = (await generateEd25519()).publicKey;
  await execute("sh", ["-c", 'printf "%s\\n" "$1" > "$2"', "sh", `${host.connection.address} ${other}`, known]);
  expect((await project.preview({ refresh: true, mayFail: true })).output).toContain(known);
});

test("a host that does not answer, or refuses the key, is one clear error with a remedy", async () => {
  await project.program(file("a", "x", '{ ...host, name: "gone", port: 2, patience: 1 }'));
  const unreachable = await project.up({ mayFail: true });
  expect(unreachable.output).toMatch(/gone \(root@[\d.]+:2\): cannot connect: nothing listens on that port/);
  expect(unreachable.output).toContain("does a firewall let SSH through?");

  await project.program(file("a", "x", '{ ...host, user: "nobody", patience: 1 }'));
  const refused = await project.up({ mayFail: true });
  expect(refused.output).toContain("refused our SSH key");
});

test("a user without sudo changes nothing and is told what to allow; one with sudo can do all", async () => {
  await project.program(
    `new quayside.User("bob", { host, user: "bob", authorizedKeys: ["${host.publicKey}"], sudo: "none" });`,
  );
  await project.up();
  const asBob = await Project.create({ host: { ...host.connection, user: "bob" }, keyFile: host.keyFile });
  await asBob.program(file("by-bob", "x"));
  const refused = await asBob.up({ mayFail: true });
  expect(refused.output).toContain("Let bob run sudo without a password");
  expect(await missing("/srv/t/by-bob")).toBe("missing\n");
  await host.sh("echo 'bob ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/bob");
  await asBob.up();
  expect(await host.sh("stat -c %U /srv/t/by-bob")).toBe("root\n");
  await asBob.remove();
});

test("a full disk leaves the old file, no rest of the new one, and says so", async () => {
  await host.sh("mkdir -p /srv/small && mount -t tmpfs -o size=64k tmpfs /srv/small && echo old >/srv/small/file");
  await project.program('new quayside.File("f", { host, path: "/srv/small/file", content: "x".repeat(200000) });');
  const run = await project.up({ mayFail: true });
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("the disk is full");
  expect(run.output).not.toContain("xxxxxxxxxx".repeat(30));
  expect(await host.sh("ls -A /srv/small; cat /srv/small/file")).toBe("file\nold\n");
});

test("a look that hangs is given up, also as a user with sudo, and what it had printed is there", async () => {
  await host.sh(
    "useradd -m -s /bin/bash eve; install -d -o eve -m 700 ~eve/.ssh; cp ~/.ssh/authorized_keys ~eve/.ssh/",
  );
  await host.sh("chown eve ~eve/.ssh/*; echo 'eve ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/eve");
  const privateKey = await readFile(host.keyFile, "utf8");
  for (const user of ["root", "eve"]) {
    const connection = await Connection.open({ ...host.connection, user }, { privateKey });
    try {
      const late = await connection.runShort("echo before; sleep 4321; echo after", 2);
      expect(late).toMatchObject({ code: 124, stdout: "before\n", lateAfter: 2 });
      expect(await host.sh("pgrep -f 'sleep 4321' || echo none")).toBe("none\n");
      expect(await connection.runShort("exit 124", 2)).toEqual({ code: 124, stdout: "", stderr: "" });
      // Nothing on the host ends it: it stopped what should.
      const stuck = await connection.runShort("echo before; kill -STOP $PPID; sleep 30", 1);
      expect(stuck).toMatchObject({ code: 124, stdout: "before\n", lateAfter: 1 });
    } finally {
      connection.close();
    }
  }
});

test("a connection that is lost during a guarded change: the host takes it back when it is made, and only then is it told", async () => {
  const pool = new ConnectionPool();
  pool.settings = { privateKey: await readFile(host.keyFile, "utf8") };
  const session = new Sessions(pool).open(host.connection, [], { progress: () => {}, warn: () => {} });
  const change = { name: "mark", what: "a mark", save: ":", revert: "rm -f /root/mark" };
  try {
    // Cut off in the middle, what runs on the host goes on.
    const lost = guarded(session, { ...change, change: "pkill -x sshd-session; sleep 4; touch /root/mark" });
    await expect(lost).rejects.toThrow(
      /transport \(root@[\d.:]+\): the connection was lost while a mark was being changed; the host has taken back/,
    );
    expect(await host.sh(`sleep 4; ls /root/mark /var/lib/quayside/guard 2>/dev/null || :`)).toBe(
      "/var/lib/quayside/guard:\n",
    );

    await host.sh(armAndChange({ ...change, change: "touch /root/mark" }));
    expect(await host.sh(disarm("mark"))).toBe("kept\n");
    expect(await host.sh(disarm("mark"))).toBe("kept\n");
    await host.sh(armAndChange({ ...change, change: "touch /root/mark" }));
    await host.sh("systemctl start quayside-revert-mark.service");
    expect(await host.sh(disarm("mark"))).toBe("reverted\n");
    expect(await missing("/root/mark")).toBe("missing\n");
  } finally {
    await pool.close();
  }
});

test("a host behind another one is reached through it", async () => {
  const inner = { ...host.connection, name: "inner", address: "127.0.0.1", jump: host.connection };
  const behind = await Project.create({ host: inner, keyFile: host.keyFile });
  await behind.program(file("inner", "x"));
  await behind.up();
  expect(await host.sh("cat /srv/t/inner")).toBe("x");
  await behind.remove();
});

test("a secret shows in no output, plain state, error or process list", async () => {
  const secret = "s3cr3t-Zm9vYmFy-value";
  await project.program(`
    const secret = pulumi.secret(${JSON.stringify(secret)}.split("").join(""));
    new quayside.File("file", { host, path: "/srv/t/secret-file", mode: "600", content: pulumi.interpolate\`a=\${secret}\\n\` });
    new quayside.Files("files", { host, files: { "/srv/t/secret-set": { content: secret, mode: "600" } } });
    new quayside.Script("script", {
      host, input: { PASSWORD: secret }, wanted: "done",
      observe: "cat /srv/t/done 2>/dev/null || echo", apply: 'sleep 3; [ -n "$PASSWORD" ]; mkdir -p /srv/t; echo done >/srv/t/done',
    });
    new quayside.Script("fails", { host, input: { PASSWORD: secret }, wanted: "x", observe: "echo", apply: 'echo "bad $PASSWORD" >&2; exit 1' });
  `);
  let running = true;
  const watch = (async () => {
    const seen: string[] = [];
    while (running)
      seen.push(await host.sh("for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; done 2>/dev/null || :"));
    return seen.join("\n");
  })();
  const run = await project.up({ mayFail: true, args: ["--continue-on-error"] });
  running = false;
  expect(run.output).toContain("bad [secret]");
  expect(run.output).not.toContain(secret);
  const listed = await watch;
  expect(listed).toContain("sleep 3");
  expect(listed).not.toContain(secret);
  expect(await host.sh("cat /srv/t/secret-file /srv/t/secret-set")).toBe(`a=${secret}\n${secret}`);
  const state = await project.state();
  expect(state).not.toContain(secret);
  expect(state).not.toContain(Buffer.from(secret).toString("base64"));

  await host.sh("echo foreign >/srv/t/secret-file");
  const drift = await project.preview({ refresh: true });
  expect(drift.output).not.toContain(secret);
  expect(drift.steps).toContainEqual(expect.objectContaining({ name: "file", op: "update" }));
});

test.each(["provider", "engine"])(
  "a run whose %s is killed in the middle converges when it runs again",
  async (victim) => {
    await host.sh("rm -rf /srv/k");
    const step = (
      i: number,
    ) => `new quayside.Script("s${i}", { host, wanted: "1", observe: "cat /srv/k/s${i} 2>/dev/null || echo",
    apply: "sleep 0.4; mkdir -p /srv/k; echo 1 >>/srv/k/s${i}" }, { dependsOn: ${i ? `s${i - 1}` : "[]"} })`;
    const steps = Array.from({ length: 8 }, (_, i) => `const s${i} = ${step(i)};`).join("\n");
    await project.program(
      `${steps}\nnew quayside.File("after", { host, path: "/srv/k/after", content: "x" }, { dependsOn: s7 });`,
    );
    let killed = false;
    const run = await project.up({
      mayFail: true,
      onStart: async ({ pid }) => {
        for (let i = 0; i < 400 && (await missing("/srv/k/s2")).startsWith("missing"); i++) await sleep(50);
        const found = (await processesBelow(pid)).filter(({ command }) =>
          victim === "provider" ? /provider\/main\.[jt]s/.test(command) : /^(\S*\/)?pulumi up /.test(command),
        );
        for (const { pid } of found) process.kill(pid, "SIGKILL");
        killed = found.length > 0;
      },
    });
    expect(killed).toBe(true);
    expect(run.code).not.toBe(0);
    expect(await missing("/srv/k/after")).toBe("missing\n");
    await project.cancel();
    await project.up();
    expect(await host.sh("cat /srv/k/s? /srv/k/after")).toBe(`${"1\n".repeat(8)}x`);
    expect((await project.preview({ refresh: true })).steps).toEqual([]);
  },
);
