/** What one run of the engine did, from its event log. */
export interface Run {
  code: number;
  /** Everything that it printed, warnings and errors included. */
  output: string;
  seconds: number;
  /** What it changed, or in a preview would change. The stack's and the provider's own steps are left out. */
  steps: Step[];
  /** Every resource and component that the run looked at, changed or not; providers are left out. */
  urns: string[];
  /** Progress (`info#err` lines of programs included), warnings and errors, by resource. */
  diagnostics: Diagnostic[];
}

export interface Step {
  /** `create`, `update`, `replace`, `delete` … */
  op: string;
  urn: string;
  /** The resource's name in the program. */
  name: string;
  /** The property paths that differ, with how. */
  diff: Record<string, string>;
}

export interface Diagnostic {
  severity: string;
  urn: string;
  message: string;
}

export interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: string; ephemeral?: boolean };
}

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  detailedDiff?: Record<string, { diffKind: string }> | null;
}

/** Reads an event log: the announced steps, and what was said about them. */
export function readRun(events: EngineEvent[], ended: Pick<Run, "code" | "output" | "seconds">): Run {
  const steps = events.flatMap(({ resourcePreEvent }) => {
    const metadata = resourcePreEvent?.metadata;
    // What a refresh found shows in the step that follows it.
    if (!metadata || ["same", "refresh"].includes(metadata.op) || metadata.type.startsWith("pulumi:")) return [];
    return [step(metadata)];
  });
  const diagnostics = events.flatMap(({ diagnosticEvent: said }) =>
    said && said.severity !== "debug"
      ? [{ severity: said.severity, urn: said.urn ?? "", message: said.message.trim() }]
      : [],
  );
  const urns = events.flatMap(({ resourcePreEvent }) => {
    const { urn, type } = resourcePreEvent?.metadata ?? {};
    return urn && !type?.startsWith("pulumi:") ? [urn] : [];
  });
  return { ...ended, steps, urns: [...new Set(urns)].sort(), diagnostics };
}

function step({ op, urn, detailedDiff }: StepMetadata): Step {
  const diff = Object.fromEntries(Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind]));
  return { op, urn, name: urn.split("::").at(-1) ?? "", diff };
}
