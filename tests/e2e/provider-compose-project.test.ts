import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";
import { makeWebImages, webService } from "./harness/web-image.ts";

const TOKEN = `s3cr3t-"t0ken' $HOME \\ end`;

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("compose");
  await makeWebImages(host);
});
afterAll(() => host?.remove());
beforeEach(async () => {
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
});
afterEach(async () => {
  await host.sh(
    "docker ps -aq | xargs -r docker rm -f >/dev/null; docker network prune -f >/dev/null; rm -rf /opt/acme",
  );
  await project.remove();
});

interface Declared {
  services?: Record<string, unknown>;
  [input: string]: unknown;
}

const declare = ({ services = { web: webService("1") }, ...more }: Declared = {}) =>
  project.program(
    `const web = new quayside.ComposeProject("web", { host, ...${JSON.stringify({
      project: "web",
      directory: "/opt/acme/web",
      compose: { services },
      timeout: 30,
      ...more,
    })} });
    export const digests = web.digests;`,
  );
const containers = () => host.sh("docker ps -a --format '{{.Names}} {{.Image}} {{.State}}' | sort");
const id = (name: string) => host.sh(`docker inspect -f '{{.Id}}' ${name}`);
const page = (container: string, path = "") =>
  host.sh(`docker exec ${container} wget -qO- http://127.0.0.1:8080/${path}`);
const withEnv = (version: string) => ({ web: webService(version, { env_file: [".env"] }) });

test("a project is created, left alone, seen when it drifts, repaired and deleted; its data stays", async () => {
  const volumes = ["./conf:/mnt:ro", "/opt/acme/data/web:/data"];
  const files = { "conf/page.txt": { content: "one\n" } };
  await declare({ services: { web: webService("1", { volumes }), side: webService("2") }, files });
  expect((await project.up()).steps).toMatchObject([{ op: "create", name: "web" }]);
  expect(await containers()).toBe("web-side-1 test/web:2 running\nweb-web-1 test/web:1 running\n");
  const before = await id("web-web-1");
  expect((await project.up()).steps).toEqual([]);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);

  await host.sh("docker stop web-web-1; docker rm -f web-side-1; echo two > /opt/acme/web/conf/page.txt");
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([
    {
      op: "update",
      diff: {
        "services.web.state": "update",
        "services.side.state": "update",
        'files["conf/page.txt"].content': "update",
      },
    },
  ]);
  expect(drift.output).toMatch(/state: "exited \(137\)" => "running"/);
  expect(drift.output).toMatch(/state: "missing"\s+=> "running"/);

  await project.up({ refresh: true });
  expect(await containers()).toBe("web-side-1 test/web:2 running\nweb-web-1 test/web:1 running\n");
  expect(await page("web-web-1", "mounted/page.txt")).toBe("one\n");
  expect(before).not.toBe("");

  await host.sh("sed -i 's/unless-stopped/always/' /opt/acme/web/compose.yaml; echo kept > /opt/acme/data/web/kept");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([
    { op: "update", diff: { "compose.services.web.restart": "update" } },
  ]);
  await project.destroy({ refresh: true });
  expect(await containers()).toBe("");
  expect(await host.sh("find /opt/acme -type f; docker network ls -q --filter name=web_default")).toBe(
    "/opt/acme/data/web/kept\n",
  );
});

test("folders for data are made and given to their owner, seen when they drift, and repaired under a running container", async () => {
  const volumes = ["/opt/acme/data/web:/data"];
  const folders = { "/opt/acme/data/web": { owner: "1000", group: "1001", mode: "0700" }, "/opt/acme/spool": {} };
  await host.sh("mkdir -p /opt/acme && echo here > /opt/acme/spool");
  await declare({ services: { web: webService("1", { volumes }) }, folders });
  expect((await project.up({ mayFail: true })).output).toContain(
    "/opt/acme/spool is a file, not a directory: move it away",
  );
  expect(await containers()).toBe("");
  await host.sh("rm /opt/acme/spool");

  await project.up();
  const owners = () => host.sh("stat -c '%n %u:%g %a' /opt/acme/data /opt/acme/data/web /opt/acme/spool");
  const asDeclared = "/opt/acme/data 0:0 755\n/opt/acme/data/web 1000:1001 700\n/opt/acme/spool 0:0 755\n";
  expect(await owners()).toBe(asDeclared);
  expect((await project.up({ refresh: true })).steps).toEqual([]);

  const before = await id("web-web-1");
  await host.sh("chown daemon /opt/acme/data/web; rmdir /opt/acme/spool; chmod 777 /opt/acme/data/web");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([
    {
      op: "update",
      diff: {
        'folders["/opt/acme/data/web"].owner': "update",
        'folders["/opt/acme/data/web"].mode': "update",
        'folders["/opt/acme/spool"]': "add",
      },
    },
  ]);
  await project.up({ refresh: true });
  expect(await owners()).toBe(asDeclared);
  expect(await id("web-web-1")).toBe(before);

  await host.sh("echo kept > /opt/acme/data/web/kept");
  await project.destroy();
  expect(await host.sh("find /opt/acme | sort")).toBe(
    "/opt/acme\n/opt/acme/data\n/opt/acme/data/web\n/opt/acme/data/web/kept\n/opt/acme/spool\n",
  );
});

test("a new version serves when the run ends, and its digest comes out", async () => {
  await declare();
  await project.up();
  await declare({ services: { web: webService("2") } });
  const preview = await project.preview();
  expect(preview.steps).toMatchObject([{ op: "update", diff: { "compose.services.web.image": "update" } }]);
  expect(preview.output).toContain('~ image: "test/web:1" => "test/web:2"');
  const run = await project.up();
  expect(await page("web-web-1")).toBe("version 2\n");
  const image = (await host.sh("docker image inspect -f '{{.Id}}' test/web:2")).trim();
  expect(run.output).toContain(image);
  expect(run.diagnostics.map((said) => said.message)).toContain("waiting for web (starting)");
});

test("another image under the same tag is a difference, and is what runs afterwards", async () => {
  await declare();
  await project.up();
  await host.sh("docker tag test/web:1 test/web:old; docker tag test/web:2 test/web:1");
  try {
    const drift = await project.preview({ refresh: true });
    expect(drift.steps).toMatchObject([{ op: "update", diff: { "services.web.state": "update" } }]);
    await project.up({ refresh: true });
    expect(await page("web-web-1")).toBe("version 2\n");
  } finally {
    await host.sh("docker tag test/web:old test/web:1; docker rmi test/web:old");
  }
});

test("a container that is not healthy any more is a difference, and is made anew", async () => {
  await declare();
  await project.up();
  const before = await id("web-web-1");
  await host.sh(`docker exec web-web-1 /bin/busybox rm /www/healthz
    timeout 30 sh -c 'until docker ps --filter health=unhealthy -q | grep -q .; do sleep 0.2; done'`);
  const drift = await project.preview({ refresh: true });
  expect(drift.output).toMatch(/state: "unhealthy" => "running"/);
  await project.up({ refresh: true });
  expect(await id("web-web-1")).not.toBe(before);
  expect(await page("web-web-1", "healthz")).toBe("ok\n");
});

test("containers that are just being started, as after a reboot, are waited for and no difference", async () => {
  await declare();
  await project.up();
  const before = await id("web-web-1");
  await host.sh("docker restart -t 0 web-web-1");
  expect(await host.sh("docker inspect -f '{{.State.Health.Status}}' web-web-1")).toBe("starting\n");
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  expect(await id("web-web-1")).toBe(before);
});

test("a changed file recreates who mounts it and nobody else, or is reloaded where it says how", async () => {
  const services = {
    mounts: webService("1", { volumes: ["./a.txt:/mnt/a.txt:ro"] }),
    reloads: webService("1", { volumes: ["./a.txt:/mnt/a.txt:ro"] }),
    other: webService("1"),
  };
  const reload = { reloads: { command: ["sh", "-c", "cat /mnt/a.txt >/tmp/loaded"] } };
  const version = (content: string) => declare({ services, files: { "a.txt": { content } }, reload });
  await version("one\n");
  await project.up();
  const [mounts, reloads, other] = await Promise.all(["web-mounts-1", "web-reloads-1", "web-other-1"].map(id));
  await version("two\n");
  await project.up();
  expect(await id("web-mounts-1")).not.toBe(mounts);
  expect(await page("web-mounts-1", "mounted/a.txt")).toBe("two\n");
  expect(await id("web-reloads-1")).toBe(reloads);
  expect(await host.sh("docker exec web-reloads-1 cat /tmp/loaded")).toBe("two\n");
  expect(await id("web-other-1")).toBe(other);

  await declare({ services, files: { "a.txt": { content: "two\n" } }, reload, triggers: ["2"] });
  expect((await project.preview()).steps).toMatchObject([{ diff: { "triggers[0]": "add" } }]);
  await project.up();
  expect(await id("web-other-1")).not.toBe(other);
});

test("secrets reach the container and nothing else", async () => {
  await host.sh(
    "rm -f /tmp/enough; setsid sh -c 'until [ -e /tmp/enough ]; do cat /proc/[0-9]*/cmdline; sleep 0.02; done >/tmp/argv' </dev/null >/dev/null 2>&1 &",
  );
  await declare({ services: withEnv("1"), env: { TOKEN } });
  await project.up();
  const argv = await host.sh("touch /tmp/enough; tr '\\0' ' ' </tmp/argv");
  expect(argv).toMatch(/up --detach/);
  expect(argv).not.toContain("s3cr3t");
  expect(await host.sh("docker exec web-web-1 sh -c 'echo \"$TOKEN\"'")).toBe(`${TOKEN}\n`);
  expect(await host.sh("stat -c '%a %U' /opt/acme/web/.env")).toBe("600 root\n");
  expect(await project.state()).not.toContain("s3cr3t");
  const log = await host.sh(
    "journalctl --no-pager -o cat; cat /opt/acme/web/.quayside/*.log /opt/acme/web/compose.yaml",
  );
  expect(log).not.toContain("s3cr3t");

  await host.sh("echo EXTRA=added-by-hand >> /opt/acme/web/.env");
  const drift = await project.preview({ refresh: true });
  expect(drift.steps).toMatchObject([{ op: "update", diff: { "env.EXTRA": "delete" } }]);
  expect(drift.output).not.toContain("added-by-hand");
  expect(drift.output).not.toContain("s3cr3t");
  await declare({ services: withEnv("1"), env: { TOKEN: "an0ther-one" } });
  const run = await project.up();
  expect(run.output).not.toMatch(/s3cr3t|an0ther-one/);
  expect(await host.sh("docker exec web-web-1 sh -c 'echo \"$TOKEN\"'")).toBe("an0ther-one\n");
});

test("secrets that are not declared any more are a difference that shows none of them, and leave the host", async () => {
  await declare({ services: withEnv("1"), env: { TOKEN } });
  await project.up();
  await declare();
  const preview = await project.preview();
  expect(preview.steps).toMatchObject([{ op: "update", diff: { "env.TOKEN": "delete" } }]);
  expect(preview.output).not.toContain("s3cr3t");
  expect((await project.up()).output).not.toContain("s3cr3t");
  expect(await host.sh("ls -A /opt/acme/web; docker exec web-web-1 sh -c 'echo \"${TOKEN-none}\"'")).toBe(
    ".quayside\ncompose.yaml\nnone\n",
  );
  expect((await project.up({ refresh: true })).steps).toEqual([]);
});

test("a project made by hand is taken over without touching its containers", async () => {
  await declare();
  await project.up();
  const written = "cat /opt/acme/web/compose.yaml /opt/acme/web/.env";
  const file = await host.sh(`echo NOTE=mine >/opt/acme/web/.env; ${written}`);
  await host.sh(
    "docker rm -f web-web-1; rm -r /opt/acme/web/.quayside; cd /opt/acme/web; docker compose -p web up -d --wait",
  );
  const before = await id("web-web-1");
  const compose = { services: { web: webService("1") } };
  const inputs = JSON.stringify({ project: "web", directory: "/opt/acme/web", compose });
  const second = await Project.create({ host: host.connection, keyFile: host.keyFile });
  try {
    await second.program(`new quayside.ComposeProject("web", { host, ...${inputs} });`);
    expect((await second.up()).steps).toMatchObject([{ op: "create" }]);
    expect(await id("web-web-1")).toBe(before);
    expect((await second.up({ refresh: true })).steps).toEqual([]);
    expect(await host.sh(written)).toBe(file);
  } finally {
    await second.remove();
  }
});

test("what runs from another compose file is neither replaced nor removed, and is taken over once that file is in place", async () => {
  const byHand = { services: { app: webService("1"), db: webService("2") } };
  await host.sh(`mkdir -p /opt/acme/web && cd /opt/acme/web && echo '${JSON.stringify(byHand)}' > docker-compose.yml
    docker compose -p web up -d --wait`);
  const before = await id("web-app-1 web-db-1");
  await declare({ services: { app: webService("broken") } });
  const refused = await project.up({ mayFail: true });
  expect(refused.output).toContain(
    "web-db-1 (running), started in /opt/acme/web from /opt/acme/web/docker-compose.yml",
  );
  expect(refused.output).toContain("mv /opt/acme/web/docker-compose.yml /opt/acme/web/compose.yaml");
  expect(await host.sh("ls -A /opt/acme/web")).toBe("docker-compose.yml\n");

  // The same from a folder of another's.
  await host.sh("mkdir /opt/acme/theirs && mv /opt/acme/web/docker-compose.yml /opt/acme/theirs/compose.yaml");
  await host.sh("cd /opt/acme/theirs && docker compose -p web up -d --wait --force-recreate");
  const theirs = await id("web-app-1 web-db-1");
  expect(theirs).not.toBe(before);
  await declare(byHand);
  expect((await project.up({ mayFail: true })).output).toMatch(
    /another compose project on this host is called web already[\s\S]*started in \/opt\/acme\/theirs from/,
  );
  await host.sh("mv /opt/acme/theirs/compose.yaml /opt/acme/web/compose.yaml");
  await project.up();
  expect(await id("web-app-1 web-db-1")).toBe(theirs);
  expect((await project.up({ refresh: true })).steps).toEqual([]);
});

test("a Docker daemon that hangs is told of in a minute or two, and holds up nothing for ever", async () => {
  await declare();
  await project.up();
  const before = await id("web-web-1");
  await host.sh("kill -STOP $(cat /run/docker.pid)");
  const run = await project
    .preview({ refresh: true, mayFail: true })
    .finally(() => host.sh("kill -CONT $(cat /run/docker.pid)"));
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/compose \(root@[\d.:]+\): Docker's daemon hangs: it does not answer within 30 s/);
  expect(run.output).toContain("systemctl restart docker");
  expect(run.seconds).toBeLessThan(120);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
  expect(await id("web-web-1")).toBe(before);
});

test("bad input is refused with every fault at once", async () => {
  await declare({
    services: { web: { build: "." } },
    files: { "../etc/passwd": { content: "" } },
    reload: { nobody: { signal: "HUP" } },
    timeout: -1,
  });
  const failed = await project.preview({ mayFail: true });
  for (const fault of [
    "every service needs an image",
    "images are not built on hosts",
    "a relative path is needed",
    "a signal is needed",
    "a number of seconds",
  ]) {
    expect(failed.output).toContain(fault);
  }
});
