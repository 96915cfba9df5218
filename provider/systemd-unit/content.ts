/** Whether a unit file says what starts it at boot. */
export function installable(content: string): boolean {
  return /^\[Install\]\s*$(?:\n(?!\[).*)*?\n\s*(?:WantedBy|RequiredBy|UpheldBy|Alias|Also)\s*=/m.test(content);
}

/** Whether the unit, once started, stays active until it is stopped. */
export function staysActive(unit: string, content: string): boolean {
  if (!unit.endsWith(".service")) return true;
  return !/^\s*Type\s*=\s*oneshot\s*$/m.test(content) || /^\s*RemainAfterExit\s*=\s*(yes|true|on|1)\s*$/m.test(content);
}
