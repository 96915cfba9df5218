import type { Session } from "./transport/session.ts";
import { q } from "./transport/shell.ts";

/** Reloads the running ones of these systemd units; a unit that cannot reload is restarted. */
export async function reloadUnits(session: Session, units: readonly string[]): Promise<void> {
  if (units.length === 0) return;
  await session.run(
    `reload ${units.join(", ")}`,
    `systemctl daemon-reload && systemctl try-reload-or-restart -- ${units.map(q).join(" ")}`,
  );
}
