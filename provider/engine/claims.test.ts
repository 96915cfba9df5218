import { describe, expect, test } from "vitest";
import { Claims, explainTaken } from "./claims.ts";

const urn = (name: string) => `urn:pulumi:prod::quayside::quayside:host:Files::${name}`;
const core = { name: "core", address: "203.0.113.10" };

describe("what a resource declares", () => {
  test("is taken from another that has it no more, and never from itself", () => {
    const claims = new Claims();
    claims.claim(urn("new"), core, ["file /a"]);
    expect(claims.taken(urn("old"), core, ["file /a", "file /b"])).toEqual(new Map([["file /a", urn("new")]]));
    expect(claims.taken(urn("new"), core, ["file /a"]).size).toBe(0);
  });

  test("counts on its machine only, which may have got another name", () => {
    const claims = new Claims();
    claims.claim(urn("new"), { ...core, name: "renamed" }, ["file /a"]);
    const taken = (host: object) => claims.taken(urn("old"), { ...core, ...host }, ["file /a"]).size;
    expect(taken({})).toBe(1);
    expect(taken({ name: "renamed", address: "10.0.0.1" })).toBe(1);
    expect(taken({ address: "10.0.0.1" })).toBe(0);
    expect(taken({ port: 2222 })).toBe(0);
    // A private address behind another host is another machine.
    expect(taken({ jump: { name: "hub", address: "203.0.113.20" } })).toBe(0);
  });

  test("is waited for while somebody gives it up, also when that fails", async () => {
    const claims = new Claims();
    const order: string[] = [];
    let end = (_error?: Error) => {};
    const work = () =>
      new Promise<void>((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve());
      });
    const releasing = claims.release(core, ["file /a"], work).catch(() => order.push("given up"));
    await claims.settled(core, ["file /b"]);
    const waiting = claims.settled(core, ["file /a"]).then(() => order.push("waited"));
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    end(new Error("no"));
    await Promise.all([releasing, waiting]);
    expect(order.sort()).toEqual(["given up", "waited"]);
    await claims.settled(core, ["file /a"]);
  });
});

test("a report names who has things now, and the first of many things", () => {
  const taken = new Map(Array.from({ length: 7 }, (_, index) => [`file /${index}`, urn("new")]));
  expect(explainTaken(taken, false)).toBe(
    "file /0, file /1, file /2, file /3, file /4 and 2 more: declared by new now, so not removed",
  );
  expect(explainTaken(taken, true)).toMatch(/declared by new now: that stays/);
});
