/** What a fresh server is told at its first boot: only what the deployer needs to come in. The rest is resources. */
export interface Bootstrap {
  hostname: string;
  /** Host key that the server shall present, so that the first connection is already to a known host. */
  hostKey: { privateKey: string; publicKey: string };
}

/**
 * cloud-init user data (`#cloud-config`). Pure. Passwords are off from the first second; the deploy key comes from the
 * cloud's own SSH key.
 *
 * Source: https://cloudinit.readthedocs.io/en/latest/reference/modules.html
 */
export function renderCloudInit(bootstrap: Bootstrap): string {
  const { hostname, hostKey } = bootstrap;
  return [
    "#cloud-config",
    `hostname: ${hostname}`,
    "preserve_hostname: false",
    "manage_etc_hosts: true",
    "ssh_pwauth: false",
    "disable_root: false",
    "ssh_deletekeys: true",
    "ssh_genkeytypes: [ed25519]",
    "ssh_keys:",
    "  ed25519_private: |",
    ...hostKey.privateKey
      .trim()
      .split("\n")
      .map((line) => `    ${line}`),
    `  ed25519_public: ${hostKey.publicKey} ${hostname}`,
    "",
  ].join("\n");
}
