import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseTuples } from "./facts.ts";
import { entries, portsChain, userRules } from "./render.ts";
import { firewallSchema } from "./rules.ts";

const host = { name: "core", address: "10.0.0.1" };
const parse = (rules: object) => entries(firewallSchema.parse({ host, rules }).rules);
/** Written by UFW 0.36.2 itself. */
const written = (file: string) => readFileSync(join(import.meta.dirname, "testdata", file), "utf8");

const sample = {
  "a-udp": { port: 98, protocol: "udp", action: "deny" },
  "b-any": { port: 97, protocol: "any", action: "reject" },
  game: { port: 25, from: "10.0.0.0/8" },
  iface: { port: 99, interface: "eth0" },
  one: { from: "1.2.3.4" },
  range: { port: "6000:6010" },
  ssh: { port: 22 },
  tea: { port: 25, from: ["fd00::/8"], comment: "six" },
  zlim: { port: 23, action: "limit" },
};

test.each([
  [4, "user.rules"],
  [6, "user6.rules"],
] as const)("IPv%i: the same text that UFW writes for the same rules", (family, file) => {
  const text = written(file);
  const start = text.indexOf("### RULES ###\n") + "### RULES ###\n".length;
  expect(userRules(parse(sample), family).trimEnd()).toBe(
    text.slice(start, text.indexOf("### END RULES ###")).trimEnd(),
  );
});

test("refusals come first, then openings, then limits, whatever the rules are called", () => {
  const rules = { a: { port: 1, action: "limit" }, b: { port: 2 }, c: { port: 3, action: "deny" }, ssh: { port: 22 } };
  expect([...new Set(parse(rules).map((entry) => entry.key))]).toEqual(["c", "b", "ssh", "a"]);
});

test("a range for any protocol is two tuples: UFW would read one as every port", () => {
  const tuples = parse({ ssh: { port: 22 }, many: { port: "1:9", protocol: "any" } })
    .filter((entry) => entry.key === "many" && entry.family === 4)
    .map((entry) => entry.tuple);
  expect(tuples.map((tuple) => tuple.split(" ").slice(1, 3))).toEqual([
    ["tcp", "1:9"],
    ["udp", "1:9"],
  ]);
});

test("a comment survives, whatever is in it", () => {
  const [entry] = parse({ ssh: { port: 22, comment: 'Büro\'s "door"' } });
  const [tuple = ""] = parseTuples(`### tuple ### ${entry?.tuple}\n`);
  expect(Buffer.from(tuple.split("comment=")[1] ?? "", "hex").toString()).toBe('Büro\'s "door"');
});

test("published ports: what containers send passes, opened ports pass, the rest is dropped", () => {
  expect(portsChain(parse({ ssh: { port: 22 }, web: { port: 443, from: "100.64.0.0/10" } }), 4, ["docker+"])).toEqual([
    "-A quayside-ports -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
    "-A quayside-ports -i docker+ -j RETURN",
    "-A quayside-ports -p tcp -m conntrack --ctorigdstport 22 -j RETURN",
    "-A quayside-ports -p tcp -m conntrack --ctorigdstport 443 -s 100.64.0.0/10 -j RETURN",
    "-A quayside-ports -o docker+ -j DROP",
    "-A quayside-ports -m conntrack --ctstate DNAT -j DROP",
  ]);
});
