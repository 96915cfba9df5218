import type * as pulumi from "@pulumi/pulumi";
import { File, Packages, SystemdUnit } from "../../provider/index.ts";
import { Component, type Fault, refuse } from "../component.ts";
import { type Host, onHost } from "../server/host.ts";
import { DEFAULT_RELEASE } from "../server/os-release.ts";
import { dockerAptSource } from "./apt-source.ts";
import { type DaemonOptions, renderDaemonJson } from "./daemon-json.ts";

export interface DockerEngineArgs {
  /** The host to run containers on. */
  host: Host;
  /** Where the packages come from: Docker's own apt repository for the host's release, or the distribution's. @default "official" */
  source?: "official" | "distribution";
  /** Registries asked before Docker Hub. @default none */
  registryMirrors?: readonly string[];
  /** Ranges for networks that name no subnet. @default 172.30.0.0/16 in networks of 256 addresses */
  addressPools?: DaemonOptions["addressPools"];
  /** Rotation of containers' logs. @default 3 files of 10m */
  logs?: DaemonOptions["logs"];
}

/**
 * The Docker engine of a host. Containers keep running while the daemon restarts; logs rotate; networks without a subnet
 * get one from a range that collides with nothing else.
 */
export class DockerEngine extends Component {
  constructor(name: string, args: DockerEngineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("docker:DockerEngine", name, opts);
    refuse("DockerEngine", name, faultsOf(args));
    const { host, source = "official" } = args;
    const on = { host: host.connection };
    const official = source === "official";
    const packages = new Packages(
      `${name}-packages`,
      {
        ...on,
        packages: official
          ? ["containerd.io", "docker-ce", "docker-ce-cli", "docker-compose-plugin"]
          : ["docker-cli", "docker-compose", "docker.io"],
        ...(official && { sources: { docker: dockerAptSource(host.release ?? DEFAULT_RELEASE, host.arch) } }),
        // The engine carries everybody's containers; it goes with the host, not with a stack.
        retain: true,
      },
      onHost(host, this.child()),
    );
    const content = renderDaemonJson({
      registryMirrors: args.registryMirrors ?? [],
      addressPools: args.addressPools ?? [{ base: "172.30.0.0/16", size: 24 }],
      logs: args.logs ?? { maxSize: "10m", maxFiles: 3 },
    });
    const config = new File(
      `${name}-config`,
      {
        ...on,
        path: "/etc/docker/daemon.json",
        content,
        validate: "dockerd --validate --config-file {}",
      },
      onHost(host, this.child({ dependsOn: [packages] })),
    );
    const service = new SystemdUnit(
      `${name}-service`,
      { ...on, unit: "docker.service", restartOn: [content] },
      onHost(host, this.child({ dependsOn: [config] })),
    );
    host.facilities.docker = service;
    this.registerOutputs({});
  }
}

function faultsOf(args: DockerEngineArgs): Fault[] {
  const faults: Fault[] = [];
  if (args.host.facilities.docker)
    faults.push({ path: "host", reason: `${args.host.name} has a DockerEngine already` });
  args.registryMirrors?.forEach((url, index) => {
    if (!/^https?:\/\//.test(url)) {
      faults.push({
        path: `registryMirrors[${index}]`,
        reason: `is ${JSON.stringify(url)}; an http or https URL is needed`,
      });
    }
  });
  if (args.logs && !/^\d+[kmg]$/.test(args.logs.maxSize)) {
    faults.push({
      path: "logs.maxSize",
      reason: `is ${JSON.stringify(args.logs.maxSize)}; a size such as "10m" is needed`,
    });
  }
  return faults;
}
