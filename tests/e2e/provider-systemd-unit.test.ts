import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("units");
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});
beforeEach(async () => {
  await project?.remove();
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});

const service = (command: string, more = "") =>
  `[Unit]\nDescription=For a test\n[Service]\nExecStart=${command}\n${more}\n[Install]\nWantedBy=multi-user.target\n`;
const unit = (name: string, args: object) =>
  `new quayside.SystemdUnit(${JSON.stringify(name)}, { host, unit: ${JSON.stringify(name)}, ...${JSON.stringify(args)} });`;
const show = (name: string) =>
  host.sh(`systemctl is-enabled ${name}; systemctl is-active ${name} || :`).catch((error: Error) => error.message);
const pid = (name: string) => host.sh(`systemctl show --property MainPID --value ${name}`);

test("a service is installed, started, repaired when stopped, disabled and edited by hand, and taken away", async () => {
  await project.program(
    unit("one.service", { content: service("/bin/sleep 1001"), dropIns: { limits: "[Service]\nMemoryMax=64M\n" } }),
  );
  await project.up();
  expect(await show("one.service")).toBe("enabled\nactive\n");
  expect(await host.sh("systemctl show --property MemoryMax --value one.service")).toBe("67108864\n");
  const started = await pid("one.service");
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await host.sh(`systemctl disable --now one.service 2>/dev/null
    sed -i s/1001/1002/ /etc/systemd/system/one.service; echo '#' >/etc/systemd/system/one.service.d/hand.conf`);
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([
    { op: "update", diff: { content: "update", enabled: "update", running: "update", "dropIns.hand": "delete" } },
  ]);
  await project.up({ refresh: true });
  expect(await show("one.service")).toBe("enabled\nactive\n");
  expect(await host.sh("ls /etc/systemd/system/one.service.d; systemctl cat one.service | grep -c 1001")).toBe(
    "limits.conf\n1\n",
  );
  expect(await pid("one.service")).not.toBe(started);
  await project.destroy();
  expect(
    await host.sh("systemctl show --property LoadState --value one.service; pgrep -f 'sleep 100[12]' || echo none"),
  ).toBe("not-found\nnone\n");
});

test("it is restarted when what it depends on changes, and only then", async () => {
  const restartOn = (hash: string) => unit("two.service", { content: service("/bin/sleep 2001"), restartOn: [hash] });
  await project.program(restartOn("a"));
  await project.up();
  const first = await pid("two.service");
  await project.program(restartOn("b"));
  await project.up();
  const second = await pid("two.service");
  expect(second).not.toBe(first);
  // A run that was cut off after the restart and before its record: the state still says "a".
  await project.up({ refresh: true });
  expect(await pid("two.service")).toBe(second);
  expect(await host.sh("stat -c %a /var/lib/quayside /var/lib/quayside/units")).toBe("700\n700\n");
  await project.destroy();
});

test("a unit of the system is adopted as it runs, and what is masked stays masked", async () => {
  const before = await pid("cron.service").then((id) => (id === "0\n" ? undefined : id));
  const existing = before ? "cron.service" : "ssh.service";
  const running = await pid(existing);
  await project.program(`${unit(existing, {})} ${unit("apt-daily.timer", { masked: true })}`);
  await project.up();
  expect(await pid(existing)).toBe(running);
  expect(await host.sh("systemctl is-enabled apt-daily.timer || :")).toBe("masked\n");
  await host.sh("systemctl unmask apt-daily.timer");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([
    { op: "update", diff: { masked: "update" } },
  ]);
  await project.up({ refresh: true });
  await project.destroy();
  expect(await pid(existing)).toBe(running);
  expect(await host.sh("systemctl is-enabled apt-daily.timer || :")).not.toBe("masked\n");
});

test("a running service that gets names which others wait for is still systemd's own when it is enabled", async () => {
  // Whether systemd forgets such a service hangs on the order in which it reads them: many names leave it no luck.
  const names = Array.from({ length: 24 }, (_, index) => `named-${index}.service`);
  const content = service("/bin/sleep 4001", `[Install]\nAlias=${names.join(" ")}`);
  await host.sh(`printf '%s' '${content}' >/etc/systemd/system/named.service
    printf '[Unit]\nAfter=${names.join(" ")}\n[Service]\nExecStart=/bin/sleep 4002\n' >/etc/systemd/system/waits.service
    systemctl daemon-reload; systemctl start waits.service named.service`);
  await project.program(unit("named.service", {}));
  await project.up();
  expect(await show("named.service")).toBe("enabled\nactive\n");
  expect(await host.sh("pgrep -f 'sleep 4001'")).toBe(await pid("named.service"));
  expect((await project.up({ refresh: true })).steps).toEqual([]);
  await project.destroy();
  await host.sh(`systemctl disable --now named.service waits.service 2>/dev/null
    rm /etc/systemd/system/named.service /etc/systemd/system/waits.service; systemctl daemon-reload`);
});

test("a timer runs while its oneshot does not", async () => {
  await project.program(
    unit("job.service", { content: "[Service]\nType=oneshot\nExecStart=/bin/true\n" }) +
      unit("job.timer", { content: "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n" }),
  );
  await project.up();
  expect(await host.sh("systemctl is-active job.timer; systemctl is-enabled job.timer job.service")).toBe(
    "active\nenabled\nstatic\n",
  );
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  await project.destroy();
});

test("what does not start says why", async () => {
  await project.program(unit("bad.service", { content: service("/bin/sh -c 'echo the port is taken; exit 3'") }));
  const failed = await project.up({ mayFail: true });
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain("bad.service does not run");
  expect(failed.output).toContain("the port is taken");
  await project.program(unit("bad.service", { content: service("/bin/sleep 3001") }));
  await project.up();
  expect(await show("bad.service")).toBe("enabled\nactive\n");

  await project.program(unit("nowhere.service", {}));
  expect((await project.up({ mayFail: true })).output).toContain("there is no unit nowhere.service");
  await project.program(unit("systemd-logind.service", {}));
  expect((await project.up({ mayFail: true })).output).toContain("declare enabled: false");
  await project.program(
    unit("x.service", { content: "[Service]\nType=oneshot\nExecStart=/bin/true\n", running: true, enabled: true }),
  );
  const refused = (await project.preview({ mayFail: true })).output;
  expect(refused).toContain("no [Install] section");
  expect(refused).toContain("a oneshot service ends at once");
});
