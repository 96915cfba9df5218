export interface DaemonOptions {
  /** Registries asked before Docker Hub, such as `http://10.0.0.5:5000`. */
  registryMirrors: readonly string[];
  /** Ranges that Docker may take networks from when a subnet is not given: `base` is cut into networks of `size` bits. */
  addressPools: readonly { base: string; size: number }[];
  /** Logs of a container: size of a file, and how many are kept. */
  logs: { maxSize: string; maxFiles: number };
}

/**
 * `/etc/docker/daemon.json`. Pure. Containers keep running while the daemon restarts (live-restore), their logs rotate,
 * and no new privileges are gained inside them.
 *
 * Source: https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file
 */
export function renderDaemonJson(options: DaemonOptions): string {
  const { registryMirrors, addressPools, logs } = options;
  const config = {
    "live-restore": true,
    "log-driver": "json-file",
    "log-opts": { "max-size": logs.maxSize, "max-file": String(logs.maxFiles) },
    "default-address-pools": addressPools,
    ...(registryMirrors.length > 0 && { "registry-mirrors": registryMirrors }),
    ...(registryMirrors.some((url) => url.startsWith("http://")) && {
      "insecure-registries": registryMirrors.filter((url) => url.startsWith("http://")).map((url) => new URL(url).host),
    }),
    "no-new-privileges": true,
    "userland-proxy": false,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
