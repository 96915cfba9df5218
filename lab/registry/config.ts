/** docker-registry's configuration: plain HTTP for the lab's bridge only, images on disk. YAML accepts JSON. */
export function registryConfig(address: string, folder: string): string {
  const config = {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: folder }, delete: { enabled: true } },
    http: { addr: address },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/**
 * The repository under which a mirror of Docker Hub looks for an image: official images live in `library/`.
 *
 * @example mirrorPath("postgres:18.4") // "library/postgres:18.4"
 */
export function mirrorPath(reference: string): string {
  return reference.includes("/") ? reference : `library/${reference}`;
}
