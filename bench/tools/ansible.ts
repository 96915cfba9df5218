import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { TestHost } from "../../tests/e2e/harness/host.ts";
import { files, units } from "../items.ts";
import { knownHost } from "./python.ts";
import type { Tool } from "./tool.ts";

/**
 * As fast as it goes without a third-party plug-in: pipelining, one connection kept open for a minute (also between
 * runs), no facts, the interpreter given.
 */
export function ansible(bin: string): Tool {
  let folder = "";
  return {
    name: "ansible-core 2.19.14",
    async prepare(own: string, host: TestHost) {
      folder = own;
      await writeFile(join(own, "known_hosts"), knownHost(host.connection));
      await writeFile(
        join(own, "ansible.cfg"),
        [
          "[defaults]",
          "inventory = inventory.yaml",
          "interpreter_python = /usr/bin/python3",
          "[ssh_connection]",
          "pipelining = True",
          `ssh_args = -C -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${join(own, "known_hosts")}`,
          "",
        ].join("\n"),
      );
      const login = {
        ansible_host: host.connection.address,
        ansible_user: "root",
        ansible_ssh_private_key_file: host.keyFile,
      };
      await writeFile(join(own, "inventory.yaml"), stringify({ all: { hosts: { bench: login } } }));
      await writeFile(join(own, "playbook.yaml"), stringify([play]));
    },
    forget: async () => {},
    command: (phase) => ({
      program: join(bin, "ansible-playbook"),
      args: [...(phase === "drift" ? ["--check"] : []), "playbook.yaml"],
      cwd: folder,
      env: { ANSIBLE_CONFIG: join(folder, "ansible.cfg"), ANSIBLE_NOCOLOR: "1", PATH: `${bin}:${process.env.PATH}` },
    }),
    changes: (output) => [...output.matchAll(/^changed: \[bench\] => \(item=/gm)].length,
  };
}

const play = {
  hosts: "bench",
  gather_facts: false,
  tasks: [
    {
      "ansible.builtin.copy": { dest: "{{ item.dest }}", content: "{{ item.content }}", mode: "0644" },
      loop: Object.entries(files).map(([dest, content]) => ({ dest, content })),
      loop_control: { label: "{{ item.dest }}" },
    },
    {
      "ansible.builtin.systemd_service": { name: "{{ item }}", enabled: true, state: "started" },
      loop: units,
    },
  ],
};
