/** Configuration files of a hardened host. Pure: what is wanted in, text out. */

const KERNEL = {
  "fs.protected_fifos": 2,
  "fs.protected_hardlinks": 1,
  "fs.protected_regular": 2,
  "fs.protected_symlinks": 1,
  "fs.suid_dumpable": 0,
  "kernel.dmesg_restrict": 1,
  "kernel.kptr_restrict": 2,
  "kernel.unprivileged_bpf_disabled": 1,
  "kernel.yama.ptrace_scope": 1,
  "net.core.bpf_jit_harden": 2,
};

const NETWORK = {
  "net.ipv4.conf.all.accept_redirects": 0,
  "net.ipv4.conf.all.accept_source_route": 0,
  "net.ipv4.conf.all.log_martians": 1,
  // Loose: strict filtering drops what comes back over the mesh or another bridge.
  "net.ipv4.conf.all.rp_filter": 2,
  "net.ipv4.conf.all.send_redirects": 0,
  "net.ipv4.icmp_echo_ignore_broadcasts": 1,
  // On, although hardening baselines switch it off: without it Docker's networks are dead.
  "net.ipv4.ip_forward": 1,
  "net.ipv4.tcp_syncookies": 1,
  "net.ipv6.conf.all.accept_redirects": 0,
  "net.ipv6.conf.all.accept_source_route": 0,
};

/** Kernel settings: those of the network, and unless the kernel is shared with other machines its own. */
export function renderSysctl(options: { kernel: boolean }): string {
  const settings = { ...(options.kernel ? KERNEL : {}), ...NETWORK };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join("");
}

/** Keeps the journal from filling the disk. Sizes as journald takes them, such as `500M`. */
export function renderJournald(options: { maxUse: string; keepFree: string }): string {
  return `[Journal]\nStorage=persistent\nCompress=yes\nSystemMaxUse=${options.maxUse}\nSystemKeepFree=${options.keepFree}\n`;
}

/** Security updates by themselves; a reboot only when it is allowed, and then at night. */
export function renderUnattendedUpgrades(options: { reboot: boolean; rebootTime: string }): string {
  return [
    "Unattended-Upgrade::Origins-Pattern {",
    '  "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";',
    '  "origin=Ubuntu,archive=${distro_codename}-security,label=Ubuntu";',
    "};",
    'Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";',
    `Unattended-Upgrade::Automatic-Reboot "${options.reboot}";`,
    `Unattended-Upgrade::Automatic-Reboot-Time "${options.rebootTime}";`,
    "",
  ].join("\n");
}

/** Switches the daily apt timers on. */
export function renderAutoUpgrades(): string {
  return 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\nAPT::Periodic::AutocleanInterval "7";\n';
}

/** fail2ban for sshd, and what holds for the jails of others. */
export function renderFail2ban(options: {
  sshPort: number;
  ignore: readonly string[];
  banTime: string;
  maxRetry: number;
}): string {
  const lines = [
    "[DEFAULT]",
    "backend = systemd",
    `bantime = ${options.banTime}`,
    "bantime.increment = true",
    "findtime = 10m",
    `maxretry = ${options.maxRetry}`,
    `ignoreip = ${["127.0.0.1/8", "::1", ...options.ignore].join(" ")}`,
    "",
    "[sshd]",
    "enabled = true",
    "mode = aggressive",
    `port = ${options.sshPort}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** What the audit daemon watches: accounts, sudo, sshd, Docker, and the rules themselves. */
export function renderAuditRules(): string {
  const watched: [string, string][] = [
    ["/etc/passwd", "accounts"],
    ["/etc/shadow", "accounts"],
    ["/etc/group", "accounts"],
    ["/etc/sudoers", "sudo"],
    ["/etc/sudoers.d/", "sudo"],
    ["/etc/ssh/", "sshd"],
    ["/etc/docker/", "docker"],
    ["/usr/bin/docker", "docker"],
    ["/etc/systemd/system/", "units"],
    ["/etc/audit/", "audit"],
  ];
  return `-D\n-b 8192\n-f 1\n${watched.map(([path, key]) => `-w ${path} -p wa -k ${key}`).join("\n")}\n`;
}
