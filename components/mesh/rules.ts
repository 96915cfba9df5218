/** Servers by what they are: everything with that tag. */
export interface Tag {
  /** Tells it from the others. */
  kind: "tag";
  /** The tag without `tag:`, such as `core`. */
  name: string;
}

/** People by what they do: every device of theirs. */
export interface Group {
  /** Tells it from the others. */
  kind: "group";
  /** The group without `group:`, such as `admins`. */
  name: string;
}

/** A network behind a member that carries traffic there (`routes`), or the internet behind an exit node. */
export interface RoutedNetwork {
  /** Tells it from the others. */
  kind: "network";
  /** `192.168.1.0/24`, or `internet`. */
  range: string;
}

/** Ports of one protocol. */
export interface Ports {
  /** Which protocol. */
  protocol: "tcp" | "udp";
  /** Single ports, or ranges such as `6000-6010`. */
  ports: readonly (number | string)[];
}

/** Who reaches what on which ports; what no rule names is refused. Made by `allow`. */
export interface Rule {
  /** Who connects. */
  from: readonly (Tag | Group)[];
  /** Whom to. */
  to: readonly (Tag | RoutedNetwork)[];
  /** On which ports of theirs. */
  ports: readonly Ports[];
}

/**
 * Lets one reach the other.
 *
 * @example
 * allow(group("admins"), tag("core"), tcp(22, 443));
 */
export function allow(
  from: Tag | Group | readonly (Tag | Group)[],
  to: Tag | RoutedNetwork | readonly (Tag | RoutedNetwork)[],
  ...ports: readonly Ports[]
): Rule {
  return { from: list(from), to: list(to), ports };
}

function list<T>(items: T | readonly T[]): readonly T[] {
  return Array.isArray(items) ? items : [items as T];
}

/** Members with this tag. */
export function tag(name: string): Tag {
  return { kind: "tag", name };
}

/** People of this group. */
export function group(name: string): Group {
  return { kind: "group", name };
}

/** A network that a member carries traffic to, such as `192.168.1.0/24`. */
export function network(range: string): RoutedNetwork {
  return { kind: "network", range };
}

/** The internet, through members that are exit nodes. */
export const internet: RoutedNetwork = { kind: "network", range: "internet" };

/** TCP ports: `tcp(22, 443)`, `tcp("6000-6010")`. */
export function tcp(...ports: readonly (number | string)[]): Ports {
  return { protocol: "tcp", ports };
}

/** UDP ports. */
export function udp(...ports: readonly (number | string)[]): Ports {
  return { protocol: "udp", ports };
}
