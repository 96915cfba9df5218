import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { ApiAccess } from "../../../cli/interrupted/hetzner.ts";
import { settleFailed, settleInterrupted } from "../../../cli/interrupted/settle.ts";
import { watchCreations } from "../../../cli/interrupted/watch.ts";
import { type SilencePatience, watchSilence } from "../../../cli/silent-apis.ts";
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

/** A silent API is given up after a moment. */
const IMPATIENCE: SilencePatience = { firstLook: 2000, pause: 500, answer: 1000, silence: 2000, grace: 500 };

/**
 * Deploys as `quay up` does: what was left open is settled before, and what a failed run has lost after it; one that waits
 * for a silent API is ended.
 */
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
    const run = await watched(project, around.say, (onStart) => project.up({ mayFail: true, onStart }));
    if (run.code !== 0) await settleFailed(around, creations.stop(), since);
    return { ...run, said };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs the engine as quay does, with less patience. */
export async function watched<Result>(
  project: Project,
  say: (line: string) => void,
  run: (onStart: (process: { pid: number }) => void) => Promise<Result>,
): Promise<Result> {
  let watching: { stop(): void } | undefined;
  const onStart = ({ pid }: { pid: number }) => {
    const interrupt = () => process.kill(pid, "SIGINT");
    const state = async () => JSON.parse((await project.pulumi(["stack", "export"])).stdout);
    watching = watchSilence({ state, say, interrupt }, IMPATIENCE);
  };
  return run(onStart).finally(() => watching?.stop());
}

/** The errors of a run, each once, with the resource that it is about. */
export function errorsOf(run: Run): { name: string; message: string }[] {
  const errors = run.diagnostics.filter(({ severity, urn }) => severity === "error" && urn !== "");
  const all = errors.map(({ urn, message }) => ({ name: urn.split("::").at(-1) ?? "", message }));
  return all.filter(({ message }) => message !== "update failed");
}

/** What a run made, changed or removed, as `create core-server`. */
export const stepsOf = (run: Run): string[] => run.steps.map(({ op, name }) => `${op} ${name}`).sort();

/** What is said of an API that is silent for as long as the impatient wait, each thing once. */
export const givenUp = (name: string, origin: string): unknown[] => [
  expect.stringContaining(`${name} takes requests at ${origin} and does not answer them. `),
  expect.stringContaining(`${name} has not answered at ${origin} for 2 s, so this run is ended. `),
  expect.stringContaining(`${name} does not answer at ${origin} (no answer in 10 s). `),
];

export interface Gate {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** Whether it takes what comes, and keeps it to itself. */
  silent: boolean;
  close(): Promise<void>;
}

/** Stands before an API. @param target - its origin */
export async function startGate(target: string): Promise<Gate> {
  const sockets = new Set<Socket>();
  const { hostname, port } = new URL(target);
  const server = createServer((client) => {
    const api = connect(Number(port), hostname);
    client.on("data", (data) => void (gate.silent || api.write(data)));
    api.pipe(client);
    for (const socket of [client, api]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        api.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gate: Gate = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silent: false,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gate;
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
