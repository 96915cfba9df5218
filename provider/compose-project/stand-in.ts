import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ComposeService, Volume } from "./compose-file.ts";

/** What cannot get in the way of the container that serves. A service that has any other property is not tried. */
const HARMLESS = words(`
  image command entrypoint environment env_file user group_add working_dir init tty stdin_open platform read_only
  healthcheck networks volumes tmpfs dns dns_opt dns_search extra_hosts expose sysctls cap_drop cap_add security_opt
  mem_limit mem_reservation memswap_limit mem_swappiness cpus cpu_shares cpuset pids_limit shm_size ulimits deploy
  scale logging stop_grace_period stop_signal restart labels ports container_name hostname depends_on oom_score_adj`);

/** What a container may have anyway. With any other, a second VPN client or firewall would put the first out of work. */
const ORDINARY_CAPABILITIES = words(`
  AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID
  SYS_CHROOT`);

/** Settings of a network that two containers can share. One that has an address of its own may be let in by it. */
const SHARED_SETTINGS = words("aliases priority gw_priority");

function words(text: string): Set<string> {
  return new Set(text.trim().split(/\s+/));
}

/**
 * Whether a second container of the service can run for a while beside the first: it has a health check that tells when
 * to end it, writes to nothing that outlives it, has no rights over its host, and no address of its own.
 */
export function canRunTwice(service: ComposeService): boolean {
  const check = service["healthcheck"] as { test?: unknown; disable?: boolean } | undefined;
  const capabilities = (service["cap_add"] ?? []) as string[];
  return (
    Object.keys(service).every((property) => HARMLESS.has(property)) &&
    check?.test !== undefined &&
    !isDeepStrictEqual(check.test, ["NONE"]) &&
    !check.disable &&
    capabilities.every((capability) => ORDINARY_CAPABILITIES.has(capability)) &&
    Object.values(networkSettings(service)).every((settings) =>
      Object.keys(settings).every((setting) => SHARED_SETTINGS.has(setting)),
    ) &&
    (service.volumes ?? []).every(isReadOnly)
  );
}

/** A folder or file that is only read. Volumes are written by others meanwhile, and a socket is as good as writing. */
function isReadOnly(volume: Volume): boolean {
  if (typeof volume === "string") {
    const [source = "", , modes = ""] = volume.split(":");
    return isFolder(source) && modes.split(",").includes("ro");
  }
  if (volume.type === "tmpfs") return true;
  return volume.type === "bind" && isFolder(volume.source ?? "") && volume.read_only === true;
}

function isFolder(source: string): boolean {
  return /^[./]/.test(source) && !/^(\/var)?\/run(\/|$)|\.sock$/.test(source);
}

/** The same program without what others know it by: nobody must find it, nor take it for the one that serves. */
export function standIn(service: ComposeService): ComposeService {
  const {
    container_name: _name,
    hostname: _hostname,
    labels: _labels,
    ports: _ports,
    depends_on: _dependsOn,
    scale: _scale,
    restart: _restart,
    oom_score_adj: _oomScoreAdj,
    deploy,
    ...program
  } = service;
  const networks = Object.entries(networkSettings(service)).map(([key, { aliases: _, ...settings }]) => [
    key,
    settings,
  ]);
  return {
    ...program,
    ...(deploy?.resources !== undefined && { deploy: { resources: deploy.resources } }),
    networks: Object.fromEntries(networks),
  };
}

/** The service with the declared files that it mounts as they are staged, and everything else where it is. */
export function mountStaged(
  service: ComposeService,
  directory: string,
  files: readonly string[],
  staged: string,
): ComposeService {
  const { volumes } = service;
  if (!volumes) return service;
  const move = (source: string) => {
    const path = posix.resolve(directory, source);
    const isOurs = path === directory || path.startsWith(`${directory}/`);
    const isStaged = isOurs && files.some((file) => file === path || file.startsWith(`${path}/`));
    return isStaged ? posix.join(staged, posix.relative(directory, path)) : path;
  };
  return {
    ...service,
    volumes: volumes.map((volume) => {
      if (typeof volume === "string") return volume.replace(/^[^:]+/, move);
      return volume.source === undefined ? volume : { ...volume, source: move(volume.source) };
    }),
  };
}

/** By key in the compose file: the networks of a service, and how it is on them. */
function networkSettings(service: ComposeService): Record<string, { [setting: string]: unknown }> {
  const networks = (service["networks"] ?? ["default"]) as string[] | Record<string, object | null>;
  if (Array.isArray(networks)) return Object.fromEntries(networks.map((key) => [key, {}]));
  return Object.fromEntries(Object.entries(networks).map(([key, settings]) => [key, { ...settings }]));
}

export function networksOf(service: ComposeService): string[] {
  return Object.keys(networkSettings(service));
}
