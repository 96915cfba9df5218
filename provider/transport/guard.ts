import type { HostConnection } from "../host.ts";
import { ConnectionLost, type ScriptResult } from "./connection.ts";
import type { Session } from "./session.ts";
import { emitTo } from "./shell.ts";

/** Long enough to change, reconnect and disarm on a slow host; short enough to be back well within two minutes. */
export const REVERT_AFTER_SECONDS = 45;
/** How long a revert waits for the change itself to end. */
const CHANGE_SECONDS = 30;
const PROOF_PATIENCE_SECONDS = 12;
const RETURN_PATIENCE_SECONDS = 60;
const FOLDER = "/var/lib/quayside/guard";

/** A change that could shut the deployer out. The scripts are POSIX sh, run as root with `set -eu`. */
export interface GuardedChange {
  /** Names the revert on the host: `firewall`. */
  name: string;
  /** What is being changed, for messages: `the firewall's rules`. */
  what: string;
  /** Keeps in the folder `$saved` what `revert` needs; changes nothing else. */
  save: string;
  change: string;
  /** Puts back what `$saved` holds. May run twice, or after a reboot. */
  revert: string;
  /** Ways in, one of which has to work afterwards. @default the session's own connection */
  through?: readonly HostConnection[];
  /** What to do when it would shut the deployer out. @default to let its address, user and port in */
  remedy?: string;
  /** Seconds until the change is in force everywhere, so that a proof counts. @default 0 */
  delay?: number;
  /** Other hosts, each of which has to be reachable afterwards, too. @default none */
  others?: readonly HostConnection[];
}

/** One at a time on a host: the failed proof of one change must not be blamed on another. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Makes a change that takes itself back unless a new connection proves that the host still lets us in. The host does
 * the taking back, on its own clock and also after a reboot, so it needs neither this process nor the network.
 *
 * @returns what the change printed
 * @throws HostError when the change failed, shut us out, or lost the connection; the host is as it was by then
 */
export function guarded(session: Session, change: GuardedChange): Promise<string> {
  const key = session.host.name;
  const before = turns.get(key) ?? Promise.resolve();
  const turn = before.catch(() => undefined).then(() => changeAndProve(session, change));
  turns.set(key, turn);
  return turn;
}

async function changeAndProve(session: Session, change: GuardedChange): Promise<string> {
  const made = await session.attempt(armAndChange(change)).catch((error) => afterLoss(session, change, error));
  if (made.code !== 0) {
    const said = (made.stderr.trim() || made.stdout.trim()).split("\n").slice(-20).join("\n  ");
    throw session.fail(`cannot change ${change.what} (exit code ${made.code}); it was put back as it was.\n  ${said}`);
  }
  await new Promise((resolve) => setTimeout(resolve, (change.delay ?? 0) * 1000));
  session.progress("proving on a new connection that the host still lets us in");
  let refusal = await knock(session, change.through ?? [session.host]);
  for (const other of change.others ?? []) refusal ??= await knock(session, [other]);
  const proven = refusal === undefined;
  if (proven) {
    const keep = async () => (await session.run("keep the change", disarm(change.name))).trim();
    // Asked again, it knows what it did when the answer was lost.
    const answer = await keep().catch(keep).catch(messageOf);
    if (answer === "kept") return made.stdout;
    if (answer !== "reverted") refusal = answer;
  }
  const lost = proven && refusal !== undefined;
  session.progress(
    lost
      ? "the connection was lost: asking what holds"
      : "the host does not let us in any more: taking the change back",
  );
  const outcome = await awaitReturn(session, change.name);
  if (lost && outcome === "kept") return made.stdout;
  if (lost) {
    throw session.fail(
      `${change.what} had been changed, but the connection was lost before that could be kept, so the host took the change ` +
        `back and is reachable again. Run again.\n  ${refusal}`,
    );
  }
  throw session.fail(
    `${change.what} would have locked this deployment out, so the host took the change back and is reachable again.\n` +
      `  ${refusal ?? `no new connection came about within ${REVERT_AFTER_SECONDS} seconds`}\n` +
      (change.remedy ?? "Let the address, user and port that this deployment comes with in, then run again."),
  );
}

/** The host takes back what was armed; what was not was not changed either. */
async function afterLoss(session: Session, change: GuardedChange, error: unknown): Promise<ScriptResult> {
  if (!(error instanceof ConnectionLost)) throw error;
  session.progress("the connection was lost during the change: waiting for the host to take it back");
  await awaitReturn(session, change.name);
  throw session.fail(
    `the connection was lost while ${change.what} was being changed; the host has taken back what was changed by then, ` +
      "and is reachable again. Run again; where it is lost each time, the change itself shuts this deployment out.",
  );
}

/** @returns why nobody is let in, or undefined when one way in works */
async function knock(session: Session, ways: readonly HostConnection[]): Promise<string | undefined> {
  let refusal: string | undefined;
  for (const way of ways) {
    try {
      await session.prove({ ...way, patience: PROOF_PATIENCE_SECONDS });
      return undefined;
    } catch (error) {
      refusal ??= messageOf(error);
    }
  }
  return refusal;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message.split("\n")[0] : undefined) ?? String(error);
}

/**
 * Waits until nothing is armed on the host any more. The old connection often still works and can hurry it; where it
 * does not, the host's own clock decides.
 */
async function awaitReturn(session: Session, name: string): Promise<"reverted" | "kept"> {
  const hurried = await within(20_000, session.attempt(`systemctl start ${unit(name)}.service`)).catch(() => undefined);
  const deadline = Date.now() + (hurried?.code === 0 ? 0 : (REVERT_AFTER_SECONDS + 5) * 1000);
  for (;;) {
    const refusal = await knock(session, [session.host]);
    if (refusal === undefined) {
      const found = (await within(20_000, session.attempt(whatHolds(name))).catch(() => undefined))?.stdout.trim();
      if (found === "reverted" || found === "kept") return found;
      // The script that should have armed it was killed before it did, and before it changed anything.
      if (found === "beginning" && Date.now() > deadline) return "reverted";
    }
    if (Date.now() > deadline + RETURN_PATIENCE_SECONDS * 1000) {
      throw session.fail(
        `a change to how this host is reached shut this deployment out, and the host is not back: ${refusal ?? "its revert did not run"}\n` +
          `Look at it on its console: journalctl -u ${unit(name)}.service`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/**
 * Ends what a killed run left armed, by reverting it now: otherwise the host would take back, in a moment, what this
 * run finds to be as wanted. @returns whether there was something
 */
export async function settle(session: Session, name: string): Promise<boolean> {
  const output = await session.run(
    "take back what an interrupted run left unproven",
    `if [ -d ${FOLDER}/${name} ]; then systemctl start ${unit(name)}.service >&2 && echo reverted; fi`,
  );
  return output.trim() === "reverted";
}

/** Prints what has become of a change: `beginning`, `armed`, `reverted` or `kept`. */
export function whatHolds(name: string): string {
  return [
    `if [ -d ${FOLDER}/${name} ]; then echo armed`,
    `elif [ -d ${FOLDER}/${name}.new ]; then echo beginning`,
    `elif [ -e ${reverted(name)} ]; then echo reverted`,
    "else echo kept; fi",
  ].join("\n");
}

/** Is there after a change was taken back, until the next one is made. */
function reverted(name: string): string {
  return `/run/${unit(name)}`;
}

function unit(name: string): string {
  return `quayside-revert-${name}`;
}

/** Arms before it changes; a change that fails is reverted at once. The timer is a unit file so that it outlives a reboot. */
export function armAndChange(change: GuardedChange): string {
  const folder = `${FOLDER}/${change.name}`;
  const units = `/etc/systemd/system/${unit(change.name)}`;
  return `set -eu
umask 077
mkdir -p ${FOLDER}
rm -rf ${folder}.new ${folder} ${reverted(change.name)}
mkdir -p ${folder}.new/saved
saved=${folder}.new/saved
${emitTo(`${folder}.new/revert.sh`, revertScript(change))}
${emitTo(`${folder}.new/change.sh`, `set -eu\n${change.change}\n`)}
${emitTo(`${folder}.new/save.sh`, `set -eu\nsaved=$1\n${change.save}\n`)}
sh ${folder}.new/save.sh "$saved"
${emitTo(
  `${units}.service`,
  `[Unit]
Description=Takes back a change by Quayside that was not proven to keep this host reachable
[Service]
Type=oneshot
ExecStart=/bin/sh ${folder}/revert.sh
`,
)}
${emitTo(
  `${units}.timer`,
  `[Unit]
Description=Deadline for the proof that this host is still reachable
[Timer]
OnActiveSec=${REVERT_AFTER_SECONDS}
AccuracySec=1s
[Install]
WantedBy=timers.target
`,
)}
chmod 0644 ${units}.service ${units}.timer
mv -T ${folder}.new ${folder}
sync
systemctl daemon-reload
systemctl enable --quiet --now ${unit(change.name)}.timer
umask 022
if ! flock --close ${folder}/lock sh ${folder}/change.sh; then
  systemctl start ${unit(change.name)}.service
  exit 1
fi`;
}

function revertScript(change: GuardedChange): string {
  return `set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
saved=${FOLDER}/${change.name}/saved
# A change that is still being made would go on after it was taken back.
exec 9>${FOLDER}/${change.name}/lock
flock --wait ${CHANGE_SECONDS} 9 || :
${change.revert}
: >${reverted(change.name)}
${forget(change.name)}
`;
}

/** Keeps the change, unless the host has already begun to take it back. */
export function disarm(name: string): string {
  return `set -eu
systemctl stop ${unit(name)}.timer 2>/dev/null || :
while [ "$(systemctl show -P ActiveState ${unit(name)}.service)" = activating ]; do sleep 0.2; done
if [ ! -d ${FOLDER}/${name} ]; then
${whatHolds(name)}
exit 0
fi
${forget(name)}
echo kept`;
}

function forget(name: string): string {
  const units = `/etc/systemd/system/${unit(name)}`;
  return [
    `systemctl disable --quiet --now ${unit(name)}.timer 2>/dev/null || :`,
    `rm -f ${units}.service ${units}.timer`,
    `rm -rf ${FOLDER}/${name}`,
    "systemctl daemon-reload",
  ].join("\n");
}
