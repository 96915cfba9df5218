import type { Fault } from "../component.ts";
import type { Host } from "../server/host.ts";
import { sshSourceFaults } from "../server/ssh-sources.ts";
import { portFaults } from "../server/ssh-way.ts";
import type { HardeningArgs } from "./hardening.ts";
import { lackOf, type Opening, type Openings, sourcesOf } from "./openings.ts";
import { overlap, parsePorts } from "./port-range.ts";

/** Where sshd listens. */
export function sshPortOf({ ssh, host }: Pick<HardeningArgs, "ssh" | "host">): number {
  return ssh.port ?? host.ssh?.port ?? 22;
}

/** Everything wrong with a host's openings, in plain values, before anything is touched. */
export function hardeningFaults(args: HardeningArgs): Fault[] {
  const { ssh, host, openings = {} } = args;
  const faults = [...portFaults("ssh.port", ssh.port), ...sshSourceFaults("ssh.from", ssh.from)];
  if (ssh.from.length === 0) {
    faults.push({ path: "ssh.from", reason: "is empty; nobody could deploy to the host any more" });
  }
  if (host.facilities.openings) {
    faults.push({ path: "host", reason: `${host.name} is hardened already; all its openings belong in one place` });
  }
  const opened = Object.entries(openings).flatMap(([key, opening]) => openingFaults(key, opening, sshPortOf(args)));
  return [...faults, ...opened, ...proxyFaults(openings, host)];
}

/** A proxy that was declared before had nothing to check. */
function proxyFaults(openings: Openings, { name, facilities: { proxy } }: Host): Fault[] {
  const lack = proxy && lackOf(openings, proxy.needs);
  if (!proxy || lack === undefined) return [];
  const reason = `do not let ${lack}, which ${name}'s proxy "${proxy.name}" needs; \`...web\` opens what a public one does`;
  return [{ path: "openings", reason }];
}

function openingFaults(key: string, opening: Opening, sshPort: number): Fault[] {
  const path = `openings.${key}`;
  const { port, protocol = "tcp" } = opening;
  if (key === "ssh") return [{ path, reason: "is taken: `ssh.from` says who reaches SSH" }];
  if (!parsePorts(port)) {
    return [{ path: `${path}.port`, reason: `is ${port}; a port or a range such as 6000:6010 is needed` }];
  }
  const ssh = `${sshPort}/tcp`;
  if (!overlap(`${port}/${protocol}`, ssh)) return [];
  const sources = sourcesOf(opening);
  if (!sources.includes("any")) return sshSourceFaults(`${path}.from`, sources);
  const reason = `lets the world in to ${port}/${protocol}, and SSH is at ${ssh}; name addresses in its \`from\`, or leave SSH to \`ssh.from\``;
  return [{ path, reason }];
}
