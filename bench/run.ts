/**
 * Measures Quayside against ansible-core and pyinfra on one lab host, and previews against an empty program.
 *
 *   npm run bench [-- hosts|previews] [--rounds 3] [--write]
 *
 * `--write` puts the figures into docs/performance.md. Needs what `./quay setup` and the lab need, and python3-venv.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../toolchain/places.ts";
import { benchHosts } from "./hosts.ts";
import { benchPreviews } from "./previews.ts";
import { renderHosts, renderPreviews, replaceSection } from "./report.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, write: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const wanted = positionals.length > 0 ? positionals : ["hosts", "previews"];
const say = (line: string) => process.stderr.write(`${line}\n`);

const [load = 0] = loadavg();
const machine = `Linux, ${availableParallelism()} cores; load before: ${load.toFixed(1)}; ${rounds} rounds, in turns.`;
say(machine);

const sections: Record<string, () => Promise<string>> = {
  hosts: async () => renderHosts(await benchHosts(rounds, say)),
  // A preview takes seconds: more of them cost little.
  previews: async () => renderPreviews(await benchPreviews(rounds * 3, say)),
};
for (const name of wanted) {
  const section = sections[name];
  if (!section) throw new Error(`there is no "${name}" to measure; there are: ${Object.keys(sections).join(", ")}`);
  const content = `${machine}\n\n${await section()}`;
  process.stdout.write(`${content}\n\n`);
  if (values.write) {
    const page = join(root, "docs/performance.md");
    writeFileSync(page, replaceSection(readFileSync(page, "utf8"), name, content));
  }
}
