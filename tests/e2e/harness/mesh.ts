import { join, resolve } from "node:path";
import type { MeshReleases } from "../../../components/mesh/releases.ts";
import type { HostConnection } from "../../../provider/index.ts";
import { component, existingServer } from "./component-program.ts";
import type { TestHost } from "./host.ts";

const repository = resolve(import.meta.dirname, "../../..");

/** Starts servers that accept connections on these TCP ports, of every address, until the host goes. */
export async function listen(host: TestHost, ports: readonly number[]): Promise<void> {
  await host.sh(`cat >/usr/local/bin/listen.py <<'PYTHON'
import socket, sys, threading
def serve(port):
    server = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    while True:
        client, _ = server.accept()
        client.sendall(b"here\\n")
        client.close()
for port in sys.argv[1:]:
    threading.Thread(target=serve, args=(int(port),)).start()
PYTHON
systemd-run --quiet --unit listen python3 /usr/local/bin/listen.py ${ports.join(" ")}
for port in ${ports.join(" ")}; do until nc -z 127.0.0.1 $port; do sleep 0.1; done; done`);
}

/** Tries all these addresses and ports at once, from one host. @returns the targets that a connection came about with */
export async function tryAll(host: TestHost, targets: readonly string[]): Promise<string[]> {
  const output = await host.sh(`cat >/tmp/try.py <<'PYTHON'
import concurrent.futures, socket, sys
def attempt(target):
    address, port = target.rsplit(" ", 1)
    try:
        socket.create_connection((address, int(port)), timeout=2).close()
        return target
    except OSError:
        return None
with concurrent.futures.ThreadPoolExecutor(64) as pool:
    print("\\n".join(filter(None, pool.map(attempt, sys.argv[1:]))))
PYTHON
python3 /tmp/try.py ${targets.map((target) => `'${target}'`).join(" ")}`);
  return output.split("\n").filter(Boolean);
}

/** Imports that programs of these tests begin with; hosts are there as constants of their names. */
export function meshProgram(hosts: Record<string, HostConnection>, releases: MeshReleases, body: string): string {
  const declared = Object.entries(hosts).map(
    ([name, connection]) => `const ${name} = ${existingServer({ ...connection, name })};`,
  );
  return `
import { Firewall } from ${JSON.stringify(join(repository, "provider", "index.ts"))};
import { ExistingServer } from ${component("server/existing-server.ts")};
import { Mesh } from ${component("mesh/mesh.ts")};
import { allow, group, internet, network, tag, tcp, udp } from ${component("mesh/rules.ts")};
import { meshHubOpenings, meshMemberOpenings } from ${component("mesh/openings.ts")};
import { meshRecords } from ${component("mesh/records.ts")};
import { behindProxy, internalAuthority } from ${component("mesh/tls.ts")};
import { web } from ${component("hardening/openings.ts")};
import { DockerNetworks } from ${component("docker/networks.ts")};
import { internalCa } from ${component("proxy/acme.ts")};
import { Caddy } from ${component("proxy/caddy.ts")};
import { meshOnly, publicRoute, relay } from ${component("proxy/route.ts")};
import { httpHealth } from ${component("services/health.ts")};
import { Service } from ${component("services/service.ts")};
const releases = { amd64: ${JSON.stringify(releases)} };
${declared.join("\n")}
${body}`;
}
