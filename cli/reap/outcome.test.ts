import { expect, test } from "vitest";
import { exitCodeOf, isGone, unseenNames } from "./outcome.ts";
import { KINDS, type ReapPlan, type Thing } from "./plan.ts";
import { renderOutcome, toJson } from "./render.ts";

const [server] = KINDS;
const thing = (name: string, ...addresses: string[]): Thing => ({ kind: server, id: 1, name, labels: {}, addresses });
const unseen = unseenNames("preprod-pr-7", [
  thing("core", "203.0.113.9", "2001:db8:1::/64"),
  thing("ip", "203.0.113.9"),
  { kind: server, id: 2, name: "volume", labels: {} },
]);
const plan: ReapPlan = {
  expired: [{ stack: "preprod-pr-7", expires: Date.parse("2026-11-21T12:00:00Z"), things: [] }],
  alive: [],
  faults: [],
};
const remedy =
  "Its names in DNS were not looked at: without its state nobody knows which there are, and at which provider. At OVH, at " +
  "Cloudflare and in zones that are kept at Hetzner, delete what is named *.preprod-pr-7.<zone>, and any that leads to " +
  "2001:db8:1::/64, 203.0.113.9, which others will get.";

test("a stack that went by its state is gone", () => {
  const outcome = { stack: "preprod-pr-7", faults: [] };
  expect([isGone(outcome), exitCodeOf(plan, [outcome])]).toEqual([true, 0]);
  expect(renderOutcome(outcome)).toBe("preprod-pr-7 is gone.\n");
  const [said] = JSON.parse(toJson(plan, new Map([["preprod-pr-7", "there"]]), [outcome])).expired;
  expect(said).toMatchObject({ gone: true, faults: [] });
  expect(said).not.toHaveProperty("notLookedAt");
});

test("one that went by its labels alone may have left names: said to people, programs and CI", () => {
  const outcome = { stack: "preprod-pr-7", faults: [], unseen };
  expect([isGone(outcome), exitCodeOf(plan, [outcome])]).toEqual([false, 1]);
  expect(renderOutcome(outcome)).toBe(
    `preprod-pr-7 is gone from Hetzner, as far as it had labels there.\n  ${remedy}\n`,
  );
  const [said] = JSON.parse(toJson(plan, new Map([["preprod-pr-7", "lost"]]), [outcome])).expired;
  expect(said).toMatchObject({
    ...{ gone: false, faults: [] },
    notLookedAt: [
      {
        ...{ what: "names in DNS", hostnames: "*.preprod-pr-7.<zone>", remedy },
        addresses: ["2001:db8:1::/64", "203.0.113.9"],
      },
    ],
  });
});

test("what is left is said, too; and without addresses the stack's name is all there is to go by", () => {
  const outcome = { stack: "old", faults: ["volume old (7): the API answers 403."], unseen: unseenNames("old", []) };
  expect(renderOutcome(outcome).split("\n")).toEqual([
    "old is not gone:",
    "  volume old (7): the API answers 403.",
    expect.stringMatching(/^ {2}Its names in DNS were not looked at: .* delete what is named \*\.old\.<zone>\.$/),
    "",
  ]);
  expect(exitCodeOf(plan, [outcome])).toBe(1);
  expect(exitCodeOf({ ...plan, faults: ["old is left alone"] }, [])).toBe(1);
});
