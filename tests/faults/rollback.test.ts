import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeHost, type TestHost } from "../e2e/harness/host.ts";
import { Project } from "../e2e/harness/project.ts";
import { makeWebImages, webService } from "../e2e/harness/web-image.ts";

const TOKEN = "s3cr3t-t0ken";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("rollback");
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

const declare = (version: string, more: Record<string, unknown> = {}, service: Record<string, unknown> = {}) =>
  project.program(
    `new quayside.ComposeProject("web", { host, ...${JSON.stringify({
      project: "web",
      directory: "/opt/acme/web",
      compose: {
        services: { web: webService(version, { env_file: [".env"], volumes: ["./conf:/mnt:ro"], ...service }) },
      },
      files: { "conf/page.txt": { content: `for ${version}\n` } },
      env: { TOKEN },
      timeout: 20,
      ...more,
    })} });`,
  );
const containers = () =>
  host.sh("docker ps -a --format '{{.Names}} {{.Image}} {{.State}}' | grep -v '^client ' | sort");
const page = (path = "") => host.sh(`docker exec web-web-1 wget -qO- http://127.0.0.1:8080/${path}`);
const id = () => host.sh("docker inspect -f '{{.Id}}' web-web-1");

/** A client of the service, that asks for it by its name all the time. @returns what it was answered so far, in order */
async function askAllTheTime(): Promise<() => Promise<string[]>> {
  const ask = "wget -qO- -T 3 http://web:8080/ || echo no answer; sleep 0.1";
  await host.sh(`docker run -d --name client --network web_default test/web:1 sh -c 'while :; do ${ask}; done'
    until docker logs client 2>/dev/null | grep -q version; do sleep 0.1; done`);
  return async () => (await host.sh("docker logs client 2>/dev/null")).trim().split("\n");
}

async function fails(): Promise<string> {
  const run = await project.up({ mayFail: true });
  expect(run.code).not.toBe(0);
  expect(run.output).not.toContain(TOKEN);
  return run.output;
}

test("a new version that is not healthy never takes the old one's place, and its log is in the error", async () => {
  await declare("1");
  await project.up();
  const before = await id();
  const answers = await askAllTheTime();
  await declare("broken", { env: { TOKEN: `${TOKEN}-2`, MORE: "x" } });
  const output = await fails();
  expect(output).toContain(
    "the new version of web does not serve; the one that runs was not touched and goes on serving:",
  );
  expect(output).toContain("web (test/web:broken) is unhealthy");
  expect(output).toContain("its health check ended with 1: wget: server returned error: HTTP/1.1 404 Not Found");
  expect(output).toMatch(/\| starting broken with \[secret\]/);
  expect(new Set(await answers())).toEqual(new Set(["version 1"]));
  expect(await id()).toBe(before);
  expect(await containers()).toBe("web-web-1 test/web:1 running\n");
  expect(await page("mounted/page.txt")).toBe("for 1\n");
  expect(await host.sh("ls -A /opt/acme/web/.quayside; cat /opt/acme/web/.env")).not.toMatch(/MORE|staged/);

  await declare("2");
  await project.up();
  expect(await page("mounted/page.txt")).toBe("for 2\n");
  expect(await containers()).toBe("web-web-1 test/web:2 running\n");
  const versions = (await answers()).filter((answer) => answer !== "no answer");
  expect(versions.filter((version, index) => version !== versions[index - 1])).toEqual(["version 1", "version 2"]);
});

test("a new version that cannot be tried and is not healthy is taken back, and its log is in the error", async () => {
  await declare("1");
  await project.up();
  await declare("broken", { trial: false, env: { TOKEN: `${TOKEN}-2`, MORE: "x" } });
  const output = await fails();
  expect(output).toContain(
    "the new version of web does not serve; the previous version was restored and serves again:",
  );
  expect(output).toContain("web (test/web:broken) is unhealthy");
  expect(output).toMatch(/\| starting broken with \[secret\]/);
  expect(await containers()).toBe("web-web-1 test/web:1 running\n");
  expect(await page()).toBe("version 1\n");
  expect(await page("mounted/page.txt")).toBe("for 1\n");
  expect(await host.sh("cat /opt/acme/web/.env")).not.toContain("MORE");

  await declare("2");
  await project.up();
  expect(await page()).toBe("version 2\n");
  expect(await page("mounted/page.txt")).toBe("for 2\n");
});

test("a repair that fails takes nothing away, not even after an interruption", async () => {
  await declare("1");
  await project.up();
  await host.sh(`cd /opt/acme/web && sed -i 's/"triggers"/"pending": {"recreate": [], "reload": [], "onFailure": "leave"}, "triggers"/' .quayside/record.json
    docker rm -f web-web-1; docker tag test/web:1 test/web:good; docker tag test/web:broken test/web:1`);
  try {
    const run = await project.up({ refresh: true, mayFail: true });
    expect(run.output).toContain("web could not be repaired; its version is the declared one, so it was left:");
    expect(await containers()).toBe("web-web-1 test/web:1 running\n");
  } finally {
    await host.sh("docker tag test/web:good test/web:1; docker rmi test/web:good");
  }
  await project.up({ refresh: true });
  expect(await page()).toBe("version 1\n");
});

test("a project whose compose.yaml somebody deleted is not taken down by a repair that fails", async () => {
  await declare("1");
  await project.up();
  await host.sh(`rm /opt/acme/web/compose.yaml; docker exec web-web-1 /bin/busybox rm /www/healthz
    timeout 30 sh -c 'until docker ps --filter health=unhealthy -q | grep -q .; do sleep 0.2; done'
    docker tag test/web:1 test/web:good; docker tag test/web:broken test/web:1`);
  try {
    const run = await project.up({ refresh: true, mayFail: true });
    expect(run.output).toContain("its compose.yaml was gone, so there is no version to restore and it was left:");
    expect(await containers()).toBe("web-web-1 test/web:1 running\n");
  } finally {
    await host.sh("docker tag test/web:good test/web:1; docker rmi test/web:good");
  }
  await project.up({ refresh: true });
  expect(await page()).toBe("version 1\n");
});

test("a tag that means a broken image since the last pull is taken back to what it meant", async () => {
  await declare("1");
  await project.up();
  const image = () => host.sh("docker image inspect -f '{{.Id}}' test/web:1");
  const before = await image();
  // Instead of a registry whose tag has moved: what a pull then does to this host's images.
  await host.sh(`printf '%s\\n' '#!/bin/sh' '[ "$1" = pull ] || exec /usr/bin/docker "$@"' \
    'exec /usr/bin/docker tag test/web:broken test/web:1' >/usr/local/bin/docker; chmod +x /usr/local/bin/docker
    docker tag test/web:1 test/web:good`);
  try {
    await declare("1", { trial: false, pull: "always", triggers: ["build 2"] });
    expect(await fails()).toContain(
      "the new version of web does not serve; the previous version was restored and serves again:",
    );
    expect(await page()).toBe("version 1\n");
    expect(await image()).toBe(before);
  } finally {
    await host.sh("rm /usr/local/bin/docker; docker tag test/web:good test/web:1; docker rmi test/web:good");
  }
});

test("a crash loop is seen for what it is", async () => {
  await declare("1");
  await project.up();
  await declare("crash", { trial: false, timeout: 6 });
  const output = await fails();
  expect(output).toMatch(/web \(test\/web:crash\) is restarting, restarted \d+ times/);
  expect(output).toMatch(/not healthy within 6 s/);
  expect(await page()).toBe("version 1\n");
});

test("a first version that fails leaves nothing running", async () => {
  await declare("broken");
  const output = await fails();
  expect(output).toContain("the first version of web does not serve, so it was taken away again");
  expect(output).toMatch(/\| starting broken/);
  expect(await containers()).toBe("");
  expect(await host.sh("find /opt/acme -type f; docker network ls -q --filter name=web_default")).toBe("");
  await declare("1");
  await project.up();
  expect(await page()).toBe("version 1\n");
});

test("an image that cannot be pulled touches nothing", async () => {
  await declare("1");
  await project.up();
  const before = await id();
  await declare("1", { files: { "conf/page.txt": { content: "new\n" } } }, { image: "registry.invalid/nothing:1" });
  const output = await fails();
  expect(output).toContain(
    "cannot pull registry.invalid/nothing:1 for web, so nothing was changed and what runs goes on",
  );
  expect(await id()).toBe(before);
  expect(await page("mounted/page.txt")).toBe("for 1\n");
});

test("what Compose or Docker refuses is said, and the old version serves", async () => {
  await declare("1");
  await project.up();
  const before = await id();
  await declare("2", {}, { ports: "not a list" });
  expect(await fails()).toMatch(/cannot stage web in \/opt\/acme\/web .*\n.*services\.web\.ports/);
  expect(await id()).toBe(before);

  await host.sh("docker run -d --name taken -p 8099:8080 test/web:1");
  await declare("2", {}, { ports: ["8099:8080"] });
  expect(await fails()).toMatch(/the previous version was restored[\s\S]*port is already allocated/);
  expect(await page()).toBe("version 1\n");
});

test("a reload that fails puts the old file back", async () => {
  await declare("1");
  await project.up();
  const before = await id();
  await declare("1", {
    reload: { web: { command: ["sh", "-c", 'read line </mnt/page.txt; echo "line: $line"; [ "$line" != bad ]'] } },
    files: { "conf/page.txt": { content: "bad\n" } },
  });
  const output = await fails();
  expect(output).toMatch(/web does not reload:\s+line: bad/);
  expect(await page("mounted/page.txt")).toBe("for 1\n");
  expect(await id()).toBe(before);
});

test.each([
  ["while the new version is staged", "[ -e .quayside/staged/compose.yaml ]"],
  ["while it is tried", "docker ps -q --filter name=web-quayside-trial | grep -q ."],
  ["when it is in place and not started", "grep -q pending .quayside/record.json"],
  ["when its container was made", "docker ps -aq --filter label=version=new | grep -q ."],
  ["while its health is awaited", '[ -n "$(docker ps -q --filter label=version=new)" ]'],
])("kill -9 of engine and provider %s converges with the next run", async (_, moment) => {
  await declare("1");
  await project.up();
  await declare("2", {}, { labels: { version: "new" } });
  let reached: Promise<unknown> = Promise.resolve();
  const killed = await project.up({
    mayFail: true,
    onStart: ({ pid }) => {
      const wait = `cd /opt/acme/web; timeout 60 sh -c 'until ${moment}; do sleep 0.02; done'`;
      reached = host.sh(wait).finally(() => killTree(pid));
    },
  });
  await reached;
  expect(killed.code).not.toBe(0);
  expect(killed.output).not.toContain("updated");

  await project.cancel();
  await project.up();
  expect(await containers()).toBe("web-web-1 test/web:2 running\n");
  expect(await page()).toBe("version 2\n");
  expect(await page("mounted/page.txt")).toBe("for 2\n");
  expect(await host.sh("ls -A /opt/acme/web /opt/acme/web/conf")).not.toContain("quayside-new");
  expect(await host.sh("systemctl list-units --all --plain 'quayside-trial-*'")).not.toContain("trial-web");
  expect((await project.up({ refresh: true })).steps).toEqual([]);
});

test("a full disk is one clear error, and what runs is not touched", async () => {
  await host.sh("mkdir -p /opt/acme/web && mount -t tmpfs -o size=256k tmpfs /opt/acme/web");
  try {
    await declare("1");
    await project.up();
    const before = await id();
    await declare("2", { files: { "conf/page.txt": { content: "x".repeat(400_000) } } });
    expect(await fails()).toContain("the disk is full");
    expect(await id()).toBe(before);
    expect(await page("mounted/page.txt")).toBe("for 1\n");
    await declare("2");
    await project.up();
    expect(await page()).toBe("version 2\n");
  } finally {
    await host.sh("docker ps -aq | xargs -r docker rm -f >/dev/null; umount /opt/acme/web");
  }
});

test("a deployment that was interrupted on the host is seen and finished", async () => {
  await declare("1");
  await project.up();
  // What a power cut leaves behind between putting the files in place and starting: files new, container old.
  await host.sh(
    `cd /opt/acme/web && sed -i 's/"triggers"/"pending": {"recreate": ["web"], "reload": [], "onFailure": "leave"}, "triggers"/' .quayside/record.json`,
  );
  const before = await id();
  const drift = await project.preview({ refresh: true });
  expect(drift.output).toContain("running, deployment interrupted");
  await project.up({ refresh: true });
  expect(await id()).not.toBe(before);
  expect((await project.preview({ refresh: true })).steps).toEqual([]);
});

/** Ends a process and all that it started, as losing the deploying machine would. */
function killTree(pid: number): void {
  const children = execFileSync("sh", ["-c", `cat /proc/${pid}/task/*/children 2>/dev/null || true`], {
    encoding: "utf8",
  });
  for (const child of children.trim().split(/\s+/).filter(Boolean)) killTree(Number(child));
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
