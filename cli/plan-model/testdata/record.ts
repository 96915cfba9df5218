/**
 * Records what the real engine prints about this repository's stacks, for unit tests: `node cli/plan-model/testdata/record.ts`.
 * One resource a line, without where in the program it was declared. Needs the engine, no network and no keys.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../../..");

/** Read by nothing that is tested, and most of what there is. */
const LEFT_OUT = new Set(["apply", "observe", "healthcheck", "logging", "publicKey"]);

const recordings: Record<string, string[]> = {
  prod: ["prod"],
  lab: ["lab"],
  // One service of the lab with another image: see `settings` in stacks/lab.ts.
  "lab-hello-1.1.0": ["lab", "--config", "quayside:hello=1.1.0"],
};

const empty = mkdtempSync(join(tmpdir(), "quayside-record-"));
try {
  for (const [name, args] of Object.entries(recordings)) {
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
      JSON.stringify({ op, urn, newState: state }, (key, value) => (LEFT_OUT.has(key) ? undefined : value)),
    );
    // The engine's order is that of its parallel work.
    writeFileSync(join(import.meta.dirname, `${name}.jsonl`), `${lines.sort().join("\n")}\n`);
  }
} finally {
  rmSync(empty, { recursive: true, force: true });
}

interface RecordedStep {
  op: string;
  urn: string;
  newState: Record<string, unknown>;
}
