import type { Session } from "./transport/session.ts";
import { q } from "./transport/shell.ts";

const FOLDER = "/var/lib/quayside/reload";

/**
 * Notes on the host that these units have to be reloaded, before what they read changes: whatever ends the run in
 * between, the next one knows.
 */
export function announceReload(units: readonly string[]): string {
  if (units.length === 0) return "";
  return `mkdir -p -m 0700 /var/lib/quayside ${FOLDER} && touch -- ${units.map(marker).join(" ")} || exit`;
}

/** Reloads the announced ones that run; a unit that cannot reload is restarted. Nothing announced, nothing done. */
export function finishReload(units: readonly string[]): string {
  if (units.length === 0) return "";
  return [
    `for unit in ${units.map(q).join(" ")}; do`,
    `  [ -e ${FOLDER}/"$unit" ] || continue`,
    `  [ "$(systemctl show --property NeedDaemonReload --value -- "$unit")" != yes ] || systemctl daemon-reload`,
    `  systemctl try-reload-or-restart -- "$unit" || { systemctl status --no-pager --lines 15 -- "$unit" >&2; exit 1; }`,
    `  rm -f -- ${FOLDER}/"$unit"`,
    "done",
  ].join("\n");
}

/** Reloads the running ones of these systemd units; a unit that cannot reload is restarted. */
export async function reloadUnits(session: Session, units: readonly string[]): Promise<void> {
  if (units.length === 0) return;
  await session.run(`reload ${units.join(", ")}`, `${announceReload(units)}\n${finishReload(units)}`);
}

function marker(unit: string): string {
  return q(`${FOLDER}/${unit}`);
}
