import { askDockerFor, UNLESS_INSTALLED } from "../docker-daemon.ts";
import { q } from "../transport/shell.ts";
import type { ContainerInspection, NetworkState } from "./inspection.ts";

/** Prints the network as JSON, or nothing when there is none. */
export function observeNetwork(name: string): string {
  return [
    UNLESS_INSTALLED,
    askDockerFor(),
    `if found=$(docker network inspect --format '{{json .}}' ${q(name)} 2>&1); then printf '%s\\n' "$found"; else`,
    `  case $found in *[Nn]'o such network'*|*'not found'*) ;; *) printf '@docker silent %s\\n' "$found" ;; esac`,
    "fi",
  ].join("\n");
}

/** Prints every container on the network, stopped ones too, as JSON, one a line. */
export function observeContainers(name: string): string {
  return [
    askDockerFor(),
    `containers=$(docker ps --all --quiet --no-trunc --filter network=${q(name)})`,
    `[ -z "$containers" ] || docker inspect --format '{{json .}}' $containers`,
  ].join("\n");
}

/** `docker network create` for the wanted settings. */
export function createNetwork(wanted: NetworkState): string {
  const words = ["docker network create", "--driver", q(wanted.driver)];
  const flag = (name: string, value: string | null | undefined) => value && words.push(name, q(value));
  flag("--subnet", wanted.subnet);
  flag("--gateway", wanted.subnet && wanted.gateway);
  if (wanted.ipv6Subnet) words.push("--ipv6");
  flag("--subnet", wanted.ipv6Subnet);
  if (wanted.internal) words.push("--internal");
  if (wanted.attachable) words.push("--attachable");
  for (const [key, value] of Object.entries(wanted.options)) flag("--opt", `${key}=${value}`);
  for (const [key, value] of Object.entries(wanted.labels)) flag("--label", `${key}=${value}`);
  return [...words, q(wanted.name), ">/dev/null"].join(" ");
}

/**
 * Makes a network anew under its name and puts its containers back on it. The script goes on when its connection is
 * lost, and puts the network back as it was when Docker refuses the new settings (a subnet in use, say).
 */
export function remakeNetwork(
  current: NetworkState,
  wanted: NetworkState,
  containers: readonly ContainerInspection[],
): string {
  const name = q(current.name);
  const disconnect = containers.map((each) => `docker network disconnect --force ${name} ${q(containerName(each))}`);
  const connect = (keepAddresses: boolean) =>
    containers.map((each) => `  ${connectContainer(current.name, each, keepAddresses)} || lost=1`);
  return [
    "trap '' HUP PIPE INT TERM",
    "lost=0",
    ...disconnect.map((command) => `${command} || true`),
    "remake() {",
    `  docker network rm ${name} >/dev/null && ${createNetwork(wanted)}`,
    "}",
    "if remake; then",
    ...connect(current.subnet === wanted.subnet),
    "  exit $lost",
    "else",
    `  docker network inspect --format . ${name} >/dev/null 2>&1 || ${createNetwork(current)}`,
    ...connect(true),
    "  exit 3",
    "fi",
  ].join("\n");
}

/** Connects a container as it was: aliases, and its fixed addresses where they still belong to the network. */
function connectContainer(network: string, container: ContainerInspection, keepAddresses: boolean): string {
  const endpoint = container.NetworkSettings.Networks[network];
  const words = ["docker network connect"];
  for (const alias of endpoint?.Aliases ?? []) words.push("--alias", q(alias));
  for (const [key, value] of Object.entries(endpoint?.DriverOpts ?? {}))
    words.push("--driver-opt", q(`${key}=${value}`));
  if (keepAddresses && endpoint?.IPAMConfig?.IPv4Address) words.push("--ip", q(endpoint.IPAMConfig.IPv4Address));
  if (keepAddresses && endpoint?.IPAMConfig?.IPv6Address) words.push("--ip6", q(endpoint.IPAMConfig.IPv6Address));
  return [...words, q(network), q(containerName(container))].join(" ");
}

export function containerName(container: ContainerInspection): string {
  return container.Name.replace(/^\//, "");
}
