import { afterAll, beforeAll, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";
import { makeWebImages, webService } from "./harness/web-image.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("renamed");
  await makeWebImages(host);
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

const COMPOSE = { project: "web", directory: "/opt/acme/web", compose: { services: { web: webService("1") } } };

/** One of each, by logical names that begin with `name`. */
const all = (name: string, key: string) => `
  new quayside.Firewall("${name}-firewall", { host, rules: { ssh: { port: 22 } } });
  new quayside.Packages("${name}-packages", { host, packages: ["ufw"] });
  new quayside.User("${name}-user", { host, user: "ann", authorizedKeys: ["${key}"], sudo: "passwordless" });
  new quayside.ComposeProject("${name}-web", { host, ...${JSON.stringify(COMPOSE)}, timeout: 30 });
`;
const files = (name: string, files: Record<string, string>) => {
  const entries = Object.entries(files).map(([path, content]) => [path, { content }]);
  return `new quayside.Files("${name}", { host, files: ${JSON.stringify(Object.fromEntries(entries))} });`;
};
const file = (name: string, path: string, content: string) =>
  `new quayside.File("${name}", { host, path: "${path}", content: "${content}" });`;

/** All that a rename must not touch; times of change and containers' ids tell what was made anew. */
const asItIs = () =>
  host.sh(`
    ufw status | head -n 1; ufw show added | grep -c 'ufw allow'; dpkg-query -Wf '\${Status}\\n' ufw
    id ann; ls /etc/sudoers.d/quayside-ann; stat -c '%i %Z' /home/ann/.ssh/authorized_keys
    docker inspect -f '{{.Id}} {{.State.StartedAt}}' web-web-1; docker exec web-web-1 wget -qO- http://127.0.0.1:8080/
    stat -c '%n %i %Z' /srv/renamed/kept /srv/renamed/a /srv/renamed/b /srv/renamed/single`);

test("under other names everything stays as it is, and serves on", async () => {
  await project.program(`
    ${all("core", host.publicKey)}
    ${files("core-files", { "/srv/renamed/kept": "1", "/srv/renamed/a": "1", "/srv/renamed/gone": "1" })}
    ${file("core-single", "/srv/renamed/single", "1")} ${file("core-b", "/srv/renamed/b", "1")}`);
  await project.up();
  const before = await asItIs();
  expect(before).toContain("Status: active\n");
  expect(before).toContain("version 1\n");

  await project.program(`
    ${all("base", host.publicKey)}
    ${files("base-files", { "/srv/renamed/kept": "1", "/srv/renamed/b": "1" })}
    ${file("base-single", "/srv/renamed/single", "1")} ${file("base-a", "/srv/renamed/a", "1")}`);
  const renamed = await project.up();
  expect(await asItIs()).toBe(before);
  // What nobody declares any more goes, out of the midst of what stays.
  expect(await host.sh("ls /srv/renamed")).toBe("a\nb\nkept\nsingle\n");
  const deleted = renamed.steps.filter(({ op }) => op === "delete").map(({ name }) => name);
  expect(deleted.sort()).toEqual(
    ["b", "files", "firewall", "packages", "single", "user", "web"].map((name) => `core-${name}`),
  );
  const warned = renamed.diagnostics.filter(({ severity }) => severity === "warning");
  expect(warned.map(({ urn, message }) => [urn.split("::").at(-1), message]).sort()).toEqual(
    [
      ["core-b", "base-files"],
      ["core-files", "base-a, base-files"],
      ["core-firewall", "base-firewall"],
      ["core-packages", "base-packages"],
      ["core-single", "base-single"],
      ["core-user", "base-user"],
      ["core-web", "base-web"],
    ].map(([name, now]) => [name, expect.stringContaining(`declared by ${now} now`)]),
  );
  expect((await project.up({ refresh: true })).steps).toEqual([]);
});

test("a path moves between sets in either direction, and is there afterwards", async () => {
  const [one, two] = [{ "/srv/moved/1": "1" }, { "/srv/moved/2": "2" }];
  const moving = { "/srv/moved/x": "x" };
  await project.program(files("first", { ...one, ...moving }) + files("second", two));
  await project.up();
  for (const sets of [
    [one, { ...two, ...moving }],
    [{ ...one, ...moving }, two],
  ] as [Record<string, string>, Record<string, string>][]) {
    await project.program(files("first", sets[0]) + files("second", sets[1]));
    await project.up();
    expect(await host.sh("cat /srv/moved/*")).toBe("12x");
    expect((await project.up({ refresh: true })).steps).toEqual([]);
  }
});

test("what was declared under another name is deleted as ever when nobody declares it", async () => {
  await project.program(all("base", host.publicKey) + file("tmp", "/srv/moved/x", "x"));
  await project.up();
  await project.program("");
  const { steps } = await project.up();
  expect(steps.every(({ op }) => op === "delete")).toBe(true);
  expect(await host.sh("ls /srv/moved; ufw status | head -n 1; id ann 2>/dev/null || docker ps -q")).toBe(
    "Status: inactive\n",
  );
});
