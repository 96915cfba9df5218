import { expect, test } from "vitest";
import { ConnectionLost, type ScriptResult } from "./connection.ts";
import { UnreachableError } from "./errors.ts";
import { guarded } from "./guard.ts";
import type { Session } from "./session.ts";

const LOST = new ConnectionLost("core: the connection closed while a script was running.");
type Answer = string | Error;

/** A host that gives these answers, in order, to what it is asked for. */
function host(answers: { change?: Answer; keep?: Answer[]; holds?: string[] }) {
  const asked: string[] = [];
  const { change = "made", keep = [], holds = [] } = answers;
  const give = (what: string, answer: Answer | undefined): ScriptResult => {
    asked.push(what);
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error(`${what} was not expected`);
    return { code: 0, stdout: answer, stderr: "" };
  };
  const session = {
    host: { name: `core-${Math.random()}`, address: "192.0.2.1" },
    attempt: async (script: string) => {
      if (script.includes("systemctl enable")) return give("change", change);
      return script.startsWith("systemctl start") ? give("hurry", "") : give("look", holds.shift());
    },
    run: async () => give("keep", keep.shift()).stdout,
    prove: async () => {},
    progress: () => {},
    fail: (message: string) => new Error(message),
  } as unknown as Session;
  return { session, asked };
}

const change = { name: "firewall", what: "the firewall", save: ":", change: ":", revert: ":" };

test("a connection that is lost during the change is an error only when the host has taken the change back", async () => {
  const { session, asked } = host({ change: LOST, holds: ["armed\n", "reverted\n"] });
  await expect(guarded(session, change)).rejects.toThrow(
    /lost while the firewall was being changed; the host has taken back/,
  );
  expect(asked).toEqual(["change", "hurry", "look", "look"]);
});

test("a host that was never reached is an error at once: nothing was armed", async () => {
  const { session, asked } = host({ change: new UnreachableError("core", "core: cannot connect") });
  await expect(guarded(session, change)).rejects.toThrow("core: cannot connect");
  expect(asked).toEqual(["change"]);
});

test("a connection that is lost when the change is kept is asked again over another, which knows", async () => {
  const { session, asked } = host({ keep: [LOST, "kept\n"] });
  expect(await guarded(session, change)).toBe("made");
  expect(asked).toEqual(["change", "keep", "keep"]);
});

test("where the host stays away until it took the change back, that is said; where it kept it, all is well", async () => {
  const away = host({ keep: [LOST, LOST], holds: ["reverted\n"] });
  await expect(guarded(away.session, change)).rejects.toThrow(/lost before that could be kept, so the host took/);
  const kept = host({ keep: [LOST, LOST], holds: ["kept\n"] });
  expect(await guarded(kept.session, change)).toBe("made");
});
