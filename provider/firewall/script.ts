import { emitTo, q } from "../transport/shell.ts";
import type { Family } from "./address.ts";
import { POLICY_NAMES, PORTS_FOLDER, PORTS_UNIT } from "./facts.ts";
import { entries, PORTS_CHAIN, portsChain, portsFile, userRules } from "./render.ts";
import type { FirewallInputs } from "./rules.ts";
import type { Stray } from "./state.ts";

const UFW_FILES = ["/etc/ufw/user.rules", "/etc/ufw/user6.rules", "/etc/ufw/ufw.conf", "/etc/default/ufw"];
const UNIT_FILE = `/etc/systemd/system/${PORTS_UNIT}`;
const LOADER = `${PORTS_FOLDER}/load`;

/**
 * While UFW takes its chains down and up, everything would be open. New connections wait that moment out (their
 * senders try again), running ones go on. A change that its revert overtakes has both hold.
 */
export const HOLD = `holding() { $ip -w -t mangle "$1" PREROUTING ! -i lo -m conntrack --ctstate NEW -m comment --comment quayside-hold -j DROP 2>/dev/null; }
hold() { for ip in iptables ip6tables; do holding -I || :; done; }
release() { for ip in iptables ip6tables; do while holding -D; do :; done; done; }`;

const LOADER_SCRIPT = `#!/bin/sh
# Loads the rules for ports that containers publish: before Docker at boot, and whenever they change.
set -eu
for family in 4 6; do
  if [ $family = 4 ]; then ip=iptables; else ip=ip6tables; fi
  $ip -w -nL INPUT >/dev/null 2>&1 || continue
  $ip -w -N DOCKER-USER 2>/dev/null || :
  $ip-restore -w --noflush < ${PORTS_FOLDER}/ports.v$family
  # Ahead of the RETURN that some versions of Docker end the chain with.
  while $ip -w -D DOCKER-USER -j ${PORTS_CHAIN} 2>/dev/null; do :; done
  $ip -w -I DOCKER-USER -j ${PORTS_CHAIN}
done
`;

const UNIT = `[Unit]
Description=Ports that containers publish stay closed unless the firewall opens them
Before=docker.service
After=ufw.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${LOADER}
[Install]
WantedBy=multi-user.target
`;

/** Keeps in `$saved` all that a revert needs. */
export const saveScript = `cp -a ${UFW_FILES.join(" ")} "$saved"
if [ -d ${PORTS_FOLDER} ]; then cp -a ${PORTS_FOLDER} "$saved/ports"; fi
if iptables -w -nL ufw-user-input >/dev/null 2>&1; then : > "$saved/active"; fi`;

/** Puts back what {@link saveScript} kept, and the rules that were taken out. */
export function revertScript(strays: readonly Stray[]): string {
  return `${HOLD}
if [ ! -e "$saved/active" ]; then ufw --force disable; fi
for file in ${UFW_FILES.join(" ")}; do cp -a "$saved/\${file##*/}" "$file"; done
if [ -e "$saved/active" ]; then hold; ufw --force enable; ufw reload; fi
${unguardScript}
if [ -d "$saved/ports" ]; then
  mkdir -p ${PORTS_FOLDER}
  cp -a "$saved/ports/." ${PORTS_FOLDER}
  ${emitTo(UNIT_FILE, UNIT)}
  systemctl daemon-reload
  systemctl enable --quiet ${PORTS_UNIT}
  sh ${LOADER}
fi
${strays.map(putBack).join("\n")}
release`;
}

/** Where exactly it stood does not matter: it opened something, and the first rule that matches decides. */
function putBack({ family, rule }: Stray): string {
  const [, chain = "", rest = ""] = /^-A (\S+) (.*)$/.exec(rule) ?? [];
  const ip = iptables(family);
  return `${ip} -w -C ${chain} ${rest} 2>/dev/null || ${ip} -w -I ${chain} ${rest}`;
}

export interface Change {
  inputs: FirewallInputs;
  strays: readonly Stray[];
  /** UFW has to start, stop or start anew: more than the rules changed. */
  restart: boolean;
  logging: boolean;
}

/** Makes the host as declared. Rules alone change in one step per family, with no moment in between. */
export function changeScript({ inputs, strays, restart, logging }: Change): string {
  const all = entries(inputs.rules);
  return [
    "umask 022",
    "work=$(mktemp -d /run/quayside-firewall-XXXXXX)",
    HOLD,
    `trap 'release; rm -rf "$work"' EXIT`,
    ...(logging ? [`ufw logging ${inputs.logging} >&2`] : []),
    setting("/etc/default/ufw", {
      IPV6: "yes",
      DEFAULT_INPUT_POLICY: `"${POLICY_NAMES[inputs.incoming]}"`,
      DEFAULT_OUTPUT_POLICY: `"${POLICY_NAMES[inputs.outgoing]}"`,
      DEFAULT_FORWARD_POLICY: `"${POLICY_NAMES[inputs.routed]}"`,
    }),
    ...([4, 6] as const).map((family) => replaceRules(family, userRules(all, family))),
    ...(inputs.containers === "guarded" ? [guardContainers(inputs)] : [unguardScript]),
    ...(inputs.enabled ? [restart ? START : RESTORE] : ["ufw --force disable >&2"]),
    ...strays.map(({ family, rule }) => `${iptables(family)} -w ${rule.replace(/^-A/, "-D")}`),
  ].join("\n");
}

const RESTORE = `iptables-restore -w --noflush < /etc/ufw/user.rules
if ip6tables -w -nL INPUT >/dev/null 2>&1; then ip6tables-restore -w --noflush < /etc/ufw/user6.rules; fi`;

/** `reload` after `enable`, because enabling what is enabled does nothing. */
const START = `if grep -qx ENABLED=yes /etc/ufw/ufw.conf; then hold; ufw reload >&2; else ufw --force enable >&2; fi
release`;

function guardContainers(inputs: FirewallInputs): string {
  const all = entries(inputs.rules);
  return [
    `mkdir -p ${PORTS_FOLDER}`,
    ...([4, 6] as const).map((family) =>
      emitTo(`${PORTS_FOLDER}/ports.v${family}`, portsFile(portsChain(all, family, inputs.containerInterfaces))),
    ),
    emitTo(LOADER, LOADER_SCRIPT),
    emitTo(UNIT_FILE, UNIT),
    "systemctl daemon-reload",
    `systemctl enable --quiet ${PORTS_UNIT}`,
    `sh ${LOADER}`,
  ].join("\n");
}

/** Leaves containers' ports to Docker again. */
export const unguardScript = `systemctl disable --quiet --now ${PORTS_UNIT} 2>/dev/null || :
rm -rf ${UNIT_FILE} ${PORTS_FOLDER}
rmdir --ignore-fail-on-non-empty ${PORTS_FOLDER.slice(0, PORTS_FOLDER.lastIndexOf("/"))} 2>/dev/null || :
for ip in iptables ip6tables; do
  while $ip -w -D DOCKER-USER -j ${PORTS_CHAIN} 2>/dev/null; do :; done
  $ip -w -F ${PORTS_CHAIN} 2>/dev/null && $ip -w -X ${PORTS_CHAIN} || :
done`;

/** Takes away every rule and turns the firewall off. */
export const removeScript = `set -eu
${unguardScript}
command -v ufw >/dev/null || exit 0
ufw --force disable >&2
work=$(mktemp -d /run/quayside-firewall-XXXXXX)
trap 'rm -rf "$work"' EXIT
${replaceRules(4, "\n")}
${replaceRules(6, "\n")}`;

/**
 * Puts new rules between UFW's own marks; logging and rate limits around them stay as UFW wrote them. The file that the
 * package brings has no second mark until UFW has written it once itself.
 */
function replaceRules(family: Family, rules: string): string {
  const file = family === 4 ? "/etc/ufw/user.rules" : "/etc/ufw/user6.rules";
  return `${emitTo(`"$work/rules${family}"`, rules)}
grep -qx '### END RULES ###' ${file} || ufw logging "$(sed -n 's/^LOGLEVEL=//p' /etc/ufw/ufw.conf)" >&2
awk -v rules="$work/rules${family}" '
  /^### END RULES ###/ { inside = 0 }
  !inside { print }
  /^### RULES ###/ { inside = 1; while ((getline line < rules) > 0) print line }
' ${file} > ${file}.quayside
chmod --reference=${file} ${file}.quayside
sync ${file}.quayside
mv -f ${file}.quayside ${file}`;
}

function setting(file: string, values: Record<string, string>): string {
  const edits = Object.entries(values).map(([key, value]) => `-e ${q(`s/^${key}=.*/${key}=${value}/`)}`);
  return `sed -i ${edits.join(" ")} ${file}`;
}

function iptables(family: Family): string {
  return family === 4 ? "iptables" : "ip6tables";
}
