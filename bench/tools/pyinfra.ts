import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestHost } from "../../tests/e2e/harness/host.ts";
import { files, units } from "../items.ts";
import { knownHost } from "./python.ts";
import type { Tool } from "./tool.ts";

export function pyinfra(bin: string): Tool {
  let folder = "";
  return {
    name: "pyinfra 3.10.0",
    async prepare(own: string, host: TestHost) {
      folder = own;
      await writeFile(join(own, "known_hosts"), knownHost(host.connection));
      const login = {
        ssh_user: "root",
        ssh_key: host.keyFile,
        ssh_known_hosts_file: join(own, "known_hosts"),
        ssh_strict_host_key_checking: "yes",
      };
      // JSON of strings is Python, too.
      await writeFile(
        join(own, "inventory.py"),
        `hosts = [(${JSON.stringify(host.connection.address)}, ${JSON.stringify(login)})]\n`,
      );
      await writeFile(join(own, "deploy.py"), deploy);
    },
    forget: async () => {},
    command: (phase) => ({
      program: join(bin, "pyinfra"),
      args: [phase === "drift" ? "--dry" : "--yes", "inventory.py", "deploy.py"],
      cwd: folder,
      env: { PATH: `${bin}:${process.env.PATH}` },
    }),
    // A run says `Success` or `No changes`; a dry run lists every operation, with the number of hosts it would change.
    changes: (output) => [...output.matchAll(/^ +\[\S+\] Success|^ +\S+ +\d+ \(\S+\)/gm)].length,
  };
}

const deploy = `
from io import StringIO

from pyinfra.operations import files, systemd

CONTENTS = ${JSON.stringify(files, null, 2)}
UNITS = ${JSON.stringify(units)}

for path, content in CONTENTS.items():
    files.put(name=path, src=StringIO(content), dest=path, mode="644", user="root", group="root")

for unit in UNITS:
    systemd.service(name=unit, service=unit, running=True, enabled=True)
`.trimStart();
