import { writeFile } from "../file/script.ts";
import { emitTo, q } from "../transport/shell.ts";
import { CONFIG_FILE, SOCKET_FILE } from "./effective.ts";
import { CUMULATIVE, keywordsOf, type SshDaemonInputs } from "./options.ts";

const MAIN = "/etc/ssh/sshd_config";
const FOLDER = "/etc/ssh/sshd_config.d";
/** Before lines of others that stood in the way; taken off again when the resource goes. */
const SILENCED = "#quayside# ";

/** Keeps in `$saved` all that a revert needs. */
export const saveScript = `cp -a ${MAIN} "$saved"
if [ -d ${FOLDER} ]; then cp -a ${FOLDER} "$saved/folder"; fi
if [ -f ${SOCKET_FILE} ]; then cp -a ${SOCKET_FILE} "$saved/socket"; fi`;

/**
 * Restarts rather than reloads: a reload returns before the daemon has read its file, and a proof would meet the old
 * one. Sessions go on, as only the listener is stopped. Where systemd listens in sshd's stead, its socket is moved.
 */
const RESTART = `restart_sshd() {
  systemctl daemon-reload
  systemctl reset-failed ssh.service 2>/dev/null || :
  if systemctl is-active --quiet ssh.socket; then
    systemctl stop ssh.service
    systemctl restart ssh.socket
  else
    systemctl restart ssh.service
  fi
}`;

export const revertScript = `${RESTART}
rm -f ${CONFIG_FILE} ${SOCKET_FILE}
cp -a "$saved/sshd_config" ${MAIN}
if [ -d "$saved/folder" ]; then cp -a "$saved/folder/." ${FOLDER}; fi
if [ -f "$saved/socket" ]; then cp -a "$saved/socket" ${SOCKET_FILE}; fi
restart_sshd`;

export function changeScript(inputs: SshDaemonInputs): string {
  const socket = socketOverride(inputs);
  return `${RESTART}
(
${writeFile(CONFIG_FILE, inputs.config, { mode: "0600", owner: "root", group: "root" })}
)
if ! grep -Eqi '^[[:space:]]*Include[[:space:]].*${FOLDER}/\\*\\.conf' ${MAIN}; then
  sed -i '1i Include ${FOLDER}/*.conf' ${MAIN}
fi
${silence(keywordsOf(inputs))}
[ -d /run/sshd ] || mkdir -m 0755 /run/sshd
sshd -t >&2
if systemctl is-active --quiet ssh.socket; then
  mkdir -p ${SOCKET_FILE.slice(0, SOCKET_FILE.lastIndexOf("/"))}
  ${emitTo(SOCKET_FILE, socket)}
fi
restart_sshd`;
}

/** systemd's socket takes its ports from here, also where a generator derives them from sshd's own file. */
export function socketOverride({ ports, listenAddresses }: SshDaemonInputs): string {
  const streams = ports.flatMap((port) =>
    (listenAddresses ?? [undefined]).map((address) =>
      address === undefined ? `${port}` : address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
    ),
  );
  // An address of the mesh may come up after the socket.
  return `[Socket]\nListenStream=\n${streams.map((stream) => `ListenStream=${stream}\n`).join("")}FreeBind=yes\n`;
}

/**
 * Comments out what others say in our keywords where it would count: everywhere for keywords that add up, before our
 * file for the rest. Sections of `Match` are left alone.
 */
function silence(keywords: readonly string[]): string {
  const lower = keywords.map((keyword) => keyword.toLowerCase());
  const adding = CUMULATIVE.map((keyword) => keyword.toLowerCase()).filter((keyword) => lower.includes(keyword));
  return `silence() {
  awk -v all=${q(` ${lower.join(" ")} `)} -v adding=${q(` ${adding.join(" ")} `)} -v first="$2" '
    { word = tolower($1) }
    word == "match" { section = 1 }
    word == "include" { first = 0 }
    !section && word !~ /^#/ && NF && (index(adding, " " word " ") || (first && index(all, " " word " "))) { print "${SILENCED}" $0; next }
    { print }
  ' "$1" > "$1.quayside"
  if cmp -s "$1" "$1.quayside"; then rm -f "$1.quayside"; return; fi
  chmod --reference="$1" "$1.quayside"
  mv -f "$1.quayside" "$1"
}
first=1
for file in ${FOLDER}/*.conf; do
  if [ "$file" = ${CONFIG_FILE} ]; then first=0; continue; fi
  if [ -e "$file" ]; then silence "$file" $first; fi
done
silence ${MAIN} 1`;
}

/**
 * Takes our file away and gives others' lines their voice back. The port that this deployment comes in on stays where
 * nothing else declares it: a removal does not lock anybody out.
 */
export function removeScript(port: number): string {
  return `${RESTART}
rm -f ${CONFIG_FILE} ${SOCKET_FILE}
rmdir ${SOCKET_FILE.slice(0, SOCKET_FILE.lastIndexOf("/"))} 2>/dev/null || :
for file in ${MAIN} ${FOLDER}/*.conf; do
  if [ -e "$file" ]; then sed -i 's/^${SILENCED}//' "$file"; fi
done
[ -d /run/sshd ] || mkdir -m 0755 /run/sshd
if ! sshd -T | grep -qx 'port ${port}'; then
  echo 'Port ${port}' > ${CONFIG_FILE}
  echo kept-port
  if systemctl is-active --quiet ssh.socket; then
    mkdir -p ${SOCKET_FILE.slice(0, SOCKET_FILE.lastIndexOf("/"))}
    printf '[Socket]\\nListenStream=\\nListenStream=${port}\\n' > ${SOCKET_FILE}
  fi
fi
sshd -t >&2
restart_sshd`;
}
