import { CONFIG_FOLDER, DATA_FOLDER, RECORDS_FILE } from "./headscale-config.ts";

export const HEADSCALE = "/usr/local/bin/headscale";
export const BACKUP_SCRIPT = "/usr/local/sbin/quayside-mesh-backup";
export const BACKUP_FOLDER = "/var/backups/headscale";

/** The coordination server: a user of its own that sees nothing of the host but its own folders. */
export const headscaleUnit = `[Unit]
Description=Headscale, coordination server of the mesh
After=network-online.target
Wants=network-online.target

[Service]
User=headscale
Group=headscale
# The names that only the mesh resolves are known once members have joined.
ExecStartPre=+/bin/sh -c '[ -e ${RECORDS_FILE} ] || { umask 022; echo "[]" >${RECORDS_FILE}; }'
ExecStart=${HEADSCALE} serve --config ${CONFIG_FOLDER}/config.yaml
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
# It would wait for members that listen for news to hang up.
TimeoutStopSec=10
WorkingDirectory=${DATA_FOLDER}
StateDirectory=headscale
StateDirectoryMode=0750
RuntimeDirectory=headscale
RuntimeDirectoryMode=0750
UMask=0077
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;

/**
 * The member's side. It is there before Docker: a client that comes through a mesh which starts later would look like
 * the bridge's own gateway to a container.
 */
export const tailscaledUnit = `[Unit]
Description=Tailscale, this host's side of the mesh
After=network-pre.target network-online.target systemd-resolved.service
Wants=network-pre.target network-online.target
Before=docker.service

[Service]
Type=notify
ExecStart=/usr/local/bin/tailscaled --state=/var/lib/tailscale/tailscaled.state --socket=/run/tailscale/tailscaled.sock --port=41641 --no-logs-no-support
ExecStopPost=/usr/local/bin/tailscaled --cleanup
Restart=on-failure
RestartSec=2
RuntimeDirectory=tailscale
RuntimeDirectoryMode=0755
StateDirectory=tailscale
StateDirectoryMode=0700
CacheDirectory=tailscale
CacheDirectoryMode=0750

[Install]
WantedBy=multi-user.target
`;

/** Copies the database while it is in use, with the keys that make the mesh what it is, and keeps the newest \`keep\`. */
export function renderBackupScript(keep: number): string {
  return `#!/usr/bin/python3
# Restore: stop headscale.service, unpack an archive into ${DATA_FOLDER} (chown headscale:), start it again.
import glob, io, os, sqlite3, sys, tarfile, tempfile, time

data, target, keep = "${DATA_FOLDER}", "${BACKUP_FOLDER}", ${keep}
os.umask(0o077)
os.makedirs(target, mode=0o700, exist_ok=True)
for left in glob.glob(os.path.join(target, "*.part")):
    os.unlink(left)
name = os.path.join(target, time.strftime("headscale-%Y%m%dT%H%M%SZ.tar.gz", time.gmtime()))
with tempfile.TemporaryDirectory() as work:
    copy = os.path.join(work, "db.sqlite")
    source, sink = sqlite3.connect(f"file:{data}/db.sqlite?mode=ro", uri=True), sqlite3.connect(copy)
    source.backup(sink)
    verdict = sink.execute("pragma integrity_check").fetchone()[0]
    source.close(); sink.close()
    if verdict != "ok":
        sys.exit(f"the copy of the database is damaged ({verdict}); nothing was kept of it")
    with tarfile.open(name + ".part", "w:gz") as archive:
        archive.add(copy, "db.sqlite")
        for key in glob.glob(os.path.join(data, "*.key")):
            archive.add(key, os.path.basename(key))
with open(name + ".part", "rb") as written:
    os.fsync(written.fileno())
os.rename(name + ".part", name)
for old in sorted(glob.glob(os.path.join(target, "headscale-*.tar.gz")))[:-keep]:
    os.unlink(old)
`;
}

export const backupUnit = `[Unit]
Description=Backup of the mesh's database and keys
ConditionPathExists=${DATA_FOLDER}/db.sqlite

[Service]
Type=oneshot
ExecStart=${BACKUP_SCRIPT}
PrivateTmp=yes
`;

export function renderBackupTimer(calendar: string): string {
  return `[Unit]
Description=When the mesh's database is backed up

[Timer]
OnCalendar=${calendar}
RandomizedDelaySec=10min
Persistent=yes

[Install]
WantedBy=timers.target
`;
}

/** Removes the node of a server that is deleted, where it is there still. */
export function renderForget(node: string): string {
  return `nodes=$(headscale nodes list -o json)
ids=$(printf '%s' "$nodes" | python3 -c 'import json, sys
for node in json.load(sys.stdin) or []:
    if node["given_name"] == "${node}": print(node["id"])')
for id in $ids; do headscale nodes delete -i "$id" --force >/dev/null; done`;
}
