import { diffProperties } from "../engine/diff.ts";
import type { Properties } from "../engine/values.ts";
import type { ResourceType } from "../resource-type.ts";
import { guarded, settle } from "../transport/guard.ts";
import type { Session } from "../transport/session.ts";
import { CONFIG_FILE, observeScript, parseState, type SshDaemonState } from "./effective.ts";
import { type SshDaemonInputs, sshDaemonSchema } from "./options.ts";
import { changeScript, removeScript, revertScript, saveScript } from "./script.ts";

const GUARD = "sshd";

export const sshDaemonType: ResourceType<SshDaemonInputs, SshDaemonState> = {
  token: "quayside:host:SshDaemon",
  schema: sshDaemonSchema,
  identity: [],
  idOf: () => "sshd",

  observe: read,

  async apply(session, inputs) {
    await settle(session, GUARD);
    const before = await read(session, inputs);
    if (!before) {
      throw session.fail(
        'there is no sshd (OpenSSH server) on this host. Install it: new Packages(…, { packages: ["openssh-server"] }).',
      );
    }
    if (difference(before, inputs).length === 0) return before;
    await guarded(session, {
      name: GUARD,
      what: "the SSH daemon's settings",
      save: saveScript,
      change: changeScript(inputs),
      revert: revertScript,
    });
    const after = await read(session, inputs);
    const left = after ? difference(after, inputs) : ["everything"];
    if (after && left.length === 0) return after;
    throw session.fail(
      `the SSH daemon was set up, but something overrides ${CONFIG_FILE}: ${left.join(", ")}. ` +
        "Look for a `Match` section in /etc/ssh/sshd_config or /etc/ssh/sshd_config.d/ that sets the same.",
    );
  },

  async remove(session, inputs) {
    await settle(session, GUARD);
    const port = session.host.port ?? inputs.host.port ?? 22;
    const said = await guarded(session, {
      name: GUARD,
      what: "the SSH daemon's settings",
      save: saveScript,
      change: removeScript(port),
      revert: revertScript,
    });
    if (said.includes("kept-port")) {
      session.warn(`port ${port}, which this deployment comes in on, stays in ${CONFIG_FILE}`);
    }
  },
};

async function read(session: Session, inputs: SshDaemonInputs): Promise<SshDaemonState | undefined> {
  return parseState(await session.read("read the SSH daemon's settings", observeScript(inputs)), inputs);
}

function difference(state: SshDaemonState, inputs: SshDaemonInputs): string[] {
  const plain = (value: object) => value as unknown as Properties;
  const { host: _, ...wanted } = inputs;
  return diffProperties(plain(wanted), plain(state), { identity: [], settings: [] }).map((change) => change.path);
}
