import { afterAll, beforeAll, expect, test } from "vitest";
import { readDrift } from "../../cli/drift/drift.ts";
import { exitCode, renderDrift } from "../../cli/drift/render.ts";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("drift");
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

const program = (more = "") => `
class Service extends pulumi.ComponentResource {
  constructor(name) {
    super("quayside:services:Service", name);
  }
}
const parent = new Service("web");
new quayside.File("changed", { host, path: "/etc/drift-changed", content: "as deployed\\n" }, { parent });
new quayside.File("gone", { host, path: "/etc/drift-gone", content: "as deployed\\n" });
new quayside.File("kept", { host, path: "/etc/drift-kept", content: "as deployed\\n" });
new quayside.File("hidden", { host, path: "/etc/drift-hidden", content: pulumi.secret("s3cr3t\\n") });
new quayside.SystemdUnit("timer", { host, unit: "apt-daily.timer" });
${more}`;

async function look(mayFail = false) {
  const { output } = await project.preview({ refresh: true, args: ["--json", "--show-sames"], mayFail });
  return readDrift(output);
}

test("what was changed by hand is told apart from what is only not deployed yet", async () => {
  await project.program(program());
  await project.up();
  const quiet = await look();
  expect(quiet).toMatchObject({ drifted: [], pending: [], looked: { hosts: 5 } });
  expect(exitCode(quiet)).toBe(0);

  await host.sh(
    "echo by hand >/etc/drift-changed; rm /etc/drift-gone; echo other >/etc/drift-hidden; systemctl stop apt-daily.timer",
  );
  await project.program(
    program('new quayside.File("new", { host, path: "/etc/drift-new", content: "" });').replace(
      '"/etc/drift-kept", content: "as deployed',
      '"/etc/drift-kept", content: "as wanted',
    ),
  );
  const drift = await look();
  const by = Object.fromEntries(drift.drifted.map((resource) => [resource.name, resource]));
  expect(Object.keys(by).sort()).toEqual(["changed", "gone", "hidden", "timer"]);
  expect(by["changed"]).toMatchObject({
    ...{ host: "drift", subject: "web", area: "hosts", state: "changed" },
    differences: [{ path: "content", from: "as deployed\n", to: "by hand\n" }],
  });
  expect(by["gone"]).toMatchObject({ state: "missing", subject: "gone" });
  expect(by["timer"]?.differences).toMatchObject([{ path: "running", from: true, to: false }]);
  expect(JSON.stringify(drift)).not.toMatch(/s3cr3t|other/);
  expect(drift.pending).toEqual(["kept", "new"]);
  expect(exitCode(drift)).toBe(2);
  expect(renderDrift("prod", drift)).toContain('content: deployed "as deployed\\n", found "by hand\\n"');
});

test("a host that does not answer is an error, not a host without drift", async () => {
  await project.program(program());
  await host.sh("iptables -I INPUT -p tcp --dport 22 -j REJECT --reject-with tcp-reset");
  const drift = await look(true);
  expect(exitCode(drift)).toBe(1);
  expect(renderDrift("prod", drift)).toMatch(/^drift \(root@.*cannot connect/m);
});
