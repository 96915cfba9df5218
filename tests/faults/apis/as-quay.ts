import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiAccess } from "../../../cli/interrupted/hetzner.ts";
import { settleFailed, settleInterrupted } from "../../../cli/interrupted/settle.ts";
import { watchCreations } from "../../../cli/interrupted/watch.ts";
import { Project } from "../../e2e/harness/project.ts";
import type { Run } from "../../e2e/harness/run.ts";

/** What quay calls its project: its functions find the state by that. */
const NAME = "quayside";
const STACK = "test";

export interface Told extends Run {
  /** What quay says beside the engine. */
  said: string[];
}

/** Gives a project to a test, and removes it afterwards. */
export async function withProject(work: (project: Project) => Promise<void>): Promise<void> {
  const project = await Project.create({ name: NAME, stack: STACK });
  try {
    await work(project);
  } finally {
    await project.remove();
  }
}

/** Deploys as `quay up` does: what was left open is settled before, and what a failed run has lost after it. */
export async function up(project: Project, hetzner?: ApiAccess): Promise<Told> {
  const scratch = await mkdtemp(join(tmpdir(), "quayside-as-quay-"));
  const said: string[] = [];
  const around = {
    stack: STACK,
    folder: join(project.folder, "state"),
    scratch,
    hetzner,
    pulumi: (command: readonly string[]) => project.pulumi(command),
    say: (line: string) => void said.push(line),
  };
  try {
    await settleInterrupted(around);
    const since = Date.now();
    const creations = watchCreations(project.stateFile);
    const run = await project.up({ mayFail: true }).finally(() => creations.stop());
    if (run.code !== 0) await settleFailed(around, creations.stop(), since);
    return { ...run, said };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The errors of a run, each once, with the resource that it is about. */
export function errorsOf(run: Run): { name: string; message: string }[] {
  const errors = run.diagnostics.filter(({ severity, urn }) => severity === "error" && urn !== "");
  const all = errors.map(({ urn, message }) => ({ name: urn.split("::").at(-1) ?? "", message }));
  return all.filter(({ message }) => message !== "update failed");
}

/** What a run made, changed or removed, as `create core-server`. */
export const stepsOf = (run: Run): string[] => run.steps.map(({ op, name }) => `${op} ${name}`).sort();

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
