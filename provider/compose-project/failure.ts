import { redact } from "../transport/errors.ts";
import type { Session } from "../transport/session.ts";
import { type ComposeFile, expectedServices } from "./compose-file.ts";
import { lastLog } from "./docker-script.ts";
import { parseEnv } from "./env-file.ts";
import { type Container, containerState, containersOf, type Snapshot } from "./snapshot.ts";
import { declaredName } from "./trial.ts";

/** What was seen of a deployment that failed. */
export interface Diagnosis {
  text: string;
  /** Takes the project's secrets out of a text: the declared ones and those on the host. */
  redact(text: string): string;
}

/** Gathers what the containers that are not as they should be say for themselves. */
export async function diagnose(
  session: Session,
  snapshot: Snapshot,
  compose: ComposeFile,
  said: string,
): Promise<Diagnosis> {
  const lines = said ? [indent(said, "  ")] : [];
  for (const [name, expected] of Object.entries(expectedServices(compose))) {
    const once = expected.state === "completed";
    for (const container of containersOf(snapshot, name)) {
      const state = containerState(container, once);
      // A container that was made but never started failed because of another, or of what Docker said above.
      if (state === expected.state || state === "created") continue;
      const log = await session.attempt(lastLog(container.id));
      lines.push(describe(declaredName(name), expected.image, state, container, log.stdout.trimEnd()));
    }
  }
  const secrets = secretsIn(snapshot.env);
  return { text: redact(lines.join("\n"), secrets), redact: (text) => redact(text, secrets) };
}

/** One failing container: what it is doing, what its health check said, what it logged. */
export function describe(service: string, image: string, state: string, container: Container, log: string): string {
  const check = container.state.Health?.Log?.at(-1);
  const restarts = container.restarts > 0 ? `, restarted ${container.restarts} times` : "";
  return [
    `  ${service} (${image}) is ${state}${restarts}${container.state.Error ? `: ${container.state.Error}` : ""}`,
    ...(check && check.ExitCode !== 0
      ? [`    its health check ended with ${check.ExitCode}: ${check.Output.trim().slice(0, 500) || "it said nothing"}`]
      : []),
    log ? `    its log:\n${indent(log, "    | ")}` : "    it logged nothing",
  ].join("\n");
}

/** The values of an env file, in the shapes in which they turn up in logs. */
export function secretsIn(env: string | undefined): string[] {
  const values = Object.values(parseEnv(env ?? "")).filter((value) => value.length >= 4);
  const shapes = values.flatMap((value) => [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    ...value.split(/\r?\n/).filter((line) => line.length >= 8),
  ]);
  return [...new Set(shapes)].sort((one, other) => other.length - one.length);
}

function indent(text: string, by: string): string {
  return text.replace(/^/gm, by);
}
