import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeHost, type TestHost } from "../tests/e2e/harness/host.ts";
import { drift, mend, reset, setUp, verify } from "./items.ts";
import { measure } from "./measure.ts";
import { ansible } from "./tools/ansible.ts";
import { pyinfra } from "./tools/pyinfra.ts";
import { rivals } from "./tools/python.ts";
import { quayside } from "./tools/quayside.ts";
import type { Phase, Tool } from "./tools/tool.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Seconds of every run, by tool and phase, and the provider's peak memory. */
export interface HostResults {
  seconds: Map<string, Record<Phase, number[]>>;
  providerMb: Map<string, number[]>;
}

/**
 * Measures all tools on one host, in turns, so that whatever else the machine does meets them all alike. Every run is
 * checked: after a first run the host has to be as wanted, a second has to change nothing, and a look has to find both
 * of two changes made by hand.
 */
export async function benchHosts(rounds: number, say: (line: string) => void): Promise<HostResults> {
  const bin = await rivals();
  const tools = [quayside("each"), quayside("set"), pyinfra(bin), ansible(bin)];
  const results: HostResults = { seconds: new Map(), providerMb: new Map() };
  const folder = await mkdtemp(join(tmpdir(), "quayside-bench-"));
  const host = await makeHost("bench");
  const interrupted = () => void host.remove().finally(() => process.exit(130));
  for (const signal of signals) process.once(signal, interrupted);
  try {
    await host.sh(setUp());
    for (const [index, tool] of tools.entries()) {
      const own = join(folder, String(index));
      await mkdir(own);
      await tool.prepare(own, host);
    }
    for (let round = 0; round < rounds; round++) {
      // Another one begins each time.
      for (let turn = 0; turn < tools.length; turn++) {
        const tool = tools[(round + turn) % tools.length];
        if (tool) await measureTool(tool, host, results, say);
      }
    }
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    await host.remove();
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}

async function measureTool(tool: Tool, host: TestHost, results: HostResults, say: (line: string) => void) {
  const seconds = results.seconds.get(tool.name) ?? { first: [], again: [], drift: [] };
  results.seconds.set(tool.name, seconds);
  await host.sh(reset());
  await tool.forget();
  for (const phase of ["first", "again", "drift"] as const) {
    if (phase === "drift") await host.sh(drift());
    const run = await measure(tool.command(phase));
    seconds[phase].push(run.seconds);
    if (run.providerMb !== undefined) {
      results.providerMb.set(tool.name, [...(results.providerMb.get(tool.name) ?? []), run.providerMb]);
    }
    say(`${tool.name}: ${phase} ${run.seconds.toFixed(1)} s`);
    if (phase === "drift") await host.sh(mend());
    const wrong = (await host.sh(verify())).trim();
    if (wrong) throw new Error(`after "${phase}" of ${tool.name} the host is not as wanted:\n${wrong}`);
    const found = tool.changes(run.output);
    const expected = { first: undefined, again: 0, drift: 2 }[phase];
    if (expected !== undefined && found !== expected) {
      throw new Error(`"${phase}" of ${tool.name} reports ${found} changes instead of ${expected}:\n${run.output}`);
    }
  }
}
