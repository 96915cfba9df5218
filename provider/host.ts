/**
 * How the deployer reaches one host over SSH. Part of every host resource's inputs, never part of a diff: only a new
 * `name` means another host, and a new `machine` that it has to be set up again. Private keys are not here; see
 * {@link ProviderArgs}.
 */
export interface HostConnection {
  /** Name of the host in the stack; the host's identity in state and in messages. */
  name: string;
  /** IPv4 or IPv6 address, or DNS name. */
  address: string;
  /** SSH port. @default 22 */
  port?: number;
  /** Login name; anyone but `root` needs passwordless sudo. @default "root" */
  user?: string;
  /**
   * Public host key as in `known_hosts` (`ssh-ed25519 AAAA…`). Without it the key is recorded on the first connection
   * and has to stay the same from then on.
   */
  hostKey?: string;
  /** Seconds to go on trying while the host does not answer: longer for a server that is still booting. @default 20 */
  patience?: number;
  /** Host to go through (ProxyJump). */
  jump?: HostConnection;
  /**
   * Which machine it is, where it can be made anew with its name, its addresses and its host key (a cloud's id of the
   * server). Another one has nothing of what was put on the one before: everything is looked at and put on it again.
   * @default it stays the same one
   */
  machine?: string;
  /**
   * Another way to the same host, for as long as this one leads nowhere: to a server that has not joined the mesh yet
   * which `address` is in.
   */
  otherwise?: HostConnection;
}

/** Stands in for a host that is not known yet while what is declared on it is checked. */
export const HOST_TO_COME: HostConnection = { name: "not-known-yet", address: "not-known-yet" };

/** Whether it is one that nothing can be said about how it is reached. */
export function isToCome(host: HostConnection): boolean {
  return host.name === HOST_TO_COME.name;
}

/** `user@address:port`, as error messages name a connection. */
export function describeConnection(host: HostConnection): string {
  const address = host.address.includes(":") ? `[${host.address}]` : host.address;
  return `${host.user ?? "root"}@${address}:${host.port ?? 22}`;
}
