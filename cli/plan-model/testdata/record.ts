/**
 * Records what the real engine prints about this repository's stacks, for unit tests: `node cli/plan-model/testdata/record.ts`.
 * One resource a line, without where in the program it was declared. Needs the engine, no network and no keys.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../../..");

/** Read by nothing that is tested, and most of what there is. */
const LEFT_OUT = new Set(["apply", "observe", "healthcheck", "logging", "publicKey"]);

const recordings: Recording[] = [
  { name: "prod", args: ["prod"] },
  { name: "lab", args: ["lab"] },
  // One service of the lab with another image: see `settings` in stacks/lab.ts.
  { name: "lab-hello-1.1.0", args: ["lab", "--config", "quayside:hello=1.1.0"], over: "lab" },
];

interface Recording {
  name: string;
  args: string[];
  /** Another recording, of which only the lines that differ are kept. */
  over?: string;
}

const empty = mkdtempSync(join(tmpdir(), "quayside-record-"));
try {
  for (const { name, args, over } of recordings) {
    const env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${empty}`,
      QUAYSIDE_LAB_DIR: empty,
      SOPS_AGE_KEY_FILE: "",
    };
    const stdout = execFileSync(
      join(repository, "quay"),
      ["preview", ...args, "--json", "--show-sames", "--non-interactive"],
      { cwd: repository, env, maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] },
    );
    const { steps } = JSON.parse(stdout.toString("utf8")) as { steps: RecordedStep[] };
    const lines = steps.map(({ op, urn, newState: { sourcePosition, stackTrace, provider, ...state } }) =>
      JSON.stringify({ op, urn, newState: state }, (key, value) =>
        isLeftOut(key, value) ? undefined : ordered(value),
      ),
    );
    const known = new Set(over ? readFileSync(join(import.meta.dirname, `${over}.jsonl`), "utf8").split("\n") : []);
    // The engine's order is that of its parallel work.
    const kept = lines.sort().filter((line) => !known.has(line));
    writeFileSync(join(import.meta.dirname, `${name}.jsonl`), `${kept.join("\n")}\n`);
  }
} finally {
  rmSync(empty, { recursive: true, force: true });
}

function isLeftOut(key: string, value: unknown): boolean {
  // Most properties depend on nothing.
  return LEFT_OUT.has(key) || (Array.isArray(value) && value.length === 0);
}

/** The resources that something depends on come in the order of their registration, which is another each time. */
function ordered(value: unknown): unknown {
  return Array.isArray(value) && String(value[0]).startsWith("urn:") ? [...value].sort() : value;
}

interface RecordedStep {
  op: string;
  urn: string;
  newState: Record<string, unknown>;
}
