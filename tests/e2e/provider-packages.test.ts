import { afterAll, beforeAll, expect, test } from "vitest";
import { makeHost, type TestHost } from "./harness/host.ts";
import { Project } from "./harness/project.ts";

let host: TestHost;
let project: Project;

beforeAll(async () => {
  host = await makeHost("packages");
  project = await Project.create({ host: host.connection, keyFile: host.keyFile });
  await makeRepository();
});
afterAll(async () => {
  await project?.remove();
  await host?.remove();
});

/** A small repository on the host itself, so that the test needs no network: tool 1.0 and 2.0, and base, which `user` needs. */
async function makeRepository(): Promise<void> {
  await host.sh(`
    mkdir -p /srv/repo && cd /srv/repo
    deb() {
      mkdir -p pkg/DEBIAN pkg/usr/share/$1
      echo $2 > pkg/usr/share/$1/version
      printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: test\\nDescription: test\\n%s' "$1" "$2" "$3" > pkg/DEBIAN/control
      dpkg-deb --build pkg $1_$2_all.deb >/dev/null && rm -r pkg
      { dpkg-deb --field $1_$2_all.deb; echo "Filename: $1_$2_all.deb"; echo "Size: $(stat -c %s $1_$2_all.deb)"
        echo "SHA256: $(sha256sum $1_$2_all.deb | cut -d' ' -f1)"; echo; } >> Packages
    }
    deb quay-tool 1.0 ''; deb quay-tool 2.0 ''; deb quay-base 1.0 ''; deb quay-other 1.0 'Depends: quay-base
'
    mv /etc/apt/sources.list.d /etc/apt/sources.list.d.away 2>/dev/null || :
    mv /etc/apt/sources.list /etc/apt/sources.list.away 2>/dev/null || :
    mkdir -p /etc/apt/sources.list.d
    echo 'deb [trusted=yes] file:/srv/repo ./' > /etc/apt/sources.list
    apt-get update -q >/dev/null 2>&1`);
}

const packages = (names: string[], more = "") =>
  `new quayside.Packages("tools", { host, packages: ${JSON.stringify(names)}, ${more} });`;
const installed = (name: string) =>
  host.sh(`dpkg-query --show --showformat '\${db:Status-Status} \${Version}' ${name} 2>/dev/null || printf none`);

test("packages are installed, pinned, seen when they go, and repaired", async () => {
  await host.sh("apt-get install -qy quay-base >/dev/null 2>&1");
  await project.program(packages(["quay-tool=1.0", "quay-base"]));
  await project.up();
  expect(await installed("quay-tool")).toBe("installed 1.0");
  expect((await project.up()).steps).toEqual([]);

  await host.sh("apt-get install -qy quay-tool=2.0 >/dev/null 2>&1; dpkg --remove quay-base >/dev/null");
  expect((await project.preview({ refresh: true })).steps).toMatchObject([
    { op: "update", diff: { 'packages["quay-tool"]': "update", 'packages["quay-base"]': "add" } },
  ]);
  await project.up({ refresh: true });
  expect(await installed("quay-tool")).toBe("installed 1.0");
  expect(await installed("quay-base")).toBe("installed 1.0");
});

test("what is taken out goes only if it came with us and nobody else needs it", async () => {
  await host.sh("apt-get install -qy quay-other >/dev/null 2>&1");
  await project.program(packages([]));
  const run = await project.up();
  expect(await installed("quay-tool")).toBe("none");
  expect(await installed("quay-base")).toBe("installed 1.0");
  expect(run.diagnostics).toContainEqual(
    expect.objectContaining({ severity: "warning", message: expect.stringContaining("quay-base stays installed") }),
  );
  await project.destroy();
  await host.sh("apt-get remove -qy quay-other quay-base >/dev/null 2>&1; rm -f /var/lib/quayside/packages");

  await host.sh("apt-get install -qy quay-tool >/dev/null 2>&1");
  await project.program(packages(["quay-tool"]));
  await project.up();
  await project.destroy();
  expect(await installed("quay-tool")).toBe("installed 2.0");
});

test("an installation waits for another one, and goes on after one that was cut off", async () => {
  await host.sh("apt-get remove -qy quay-tool >/dev/null 2>&1");
  await host.sh(
    "python3 -c \"import fcntl,time; f=open('/var/lib/dpkg/lock-frontend','w'); fcntl.lockf(f,fcntl.LOCK_EX); time.sleep(4)\" " +
      ">/dev/null 2>&1 & sleep 0.3",
  );
  await host.sh("cd /srv/repo; sleep 0; dpkg --force-all --unpack quay-base_1.0_all.deb >/dev/null 2>&1 || :");
  await project.program(packages(["quay-tool", "quay-base"]));
  await project.up();
  expect(await installed("quay-tool")).toBe("installed 2.0");
  expect(await installed("quay-base")).toBe("installed 1.0");
});

test("a package that does not exist, or a source that cannot be used, is one clear error and leaves nothing", async () => {
  await project.program(packages(["quay-nowhere"]));
  const unknown = await project.up({ mayFail: true });
  expect(unknown.code).not.toBe(0);
  expect(unknown.output).toContain("Unable to locate package quay-nowhere");

  const source = `sources: { local: { uris: ["file:/srv/repo"], suites: ["./"], signedBy: "/etc/apt/keyrings/none.gpg" } }`;
  await project.program(packages(["quay-tool"], source));
  const unsigned = await project.up({ mayFail: true });
  expect(unsigned.code).not.toBe(0);
  expect(await host.sh("ls /etc/apt/sources.list.d")).toBe("");
});
