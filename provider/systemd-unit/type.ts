import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { host, unit } from "../schema.ts";
import type { Session } from "../transport/session.ts";
import { installable, staysActive } from "./content.ts";
import { enablesAtRest, planUnit } from "./plan.ts";
import {
  answerFor,
  changeUnit,
  enableUnits,
  observeUnits,
  parseUnit,
  removeUnit,
  type UnitFacts,
  unitDigest,
} from "./script.ts";

export interface UnitInputs extends HostInputs {
  unit: string;
  content?: string;
  dropIns?: Record<string, string>;
  enabled: boolean;
  running: boolean;
  masked: boolean;
  restartOn: string[];
}

/** What `systemctl show` says, in the words of the inputs. */
export interface UnitState {
  unit: string;
  content?: string;
  dropIns?: Record<string, string>;
  enabled: boolean;
  running: boolean;
  masked: boolean;
  /** As declared when the unit was last started with that; otherwise empty. */
  restartOn: string[];
}

const dropInName = z
  .string()
  .regex(/^[\w@:.-]+$/, "a file name is needed, such as 10-limits")
  .transform((name) => name.replace(/\.conf$/, ""));

export const systemdUnitType: ResourceType<UnitInputs, UnitState> = {
  token: "quayside:host:SystemdUnit",
  schema: z
    .strictObject({
      host,
      unit,
      content: z.string().min(1).optional(),
      dropIns: z.record(dropInName, z.string()).optional(),
      enabled: z.boolean().optional(),
      running: z.boolean().optional(),
      masked: z.boolean().default(false),
      restartOn: z.array(z.string()).default([]),
    })
    .superRefine((inputs, context) => {
      const fault = (path: keyof UnitInputs, message: string) =>
        context.addIssue({ code: "custom", path: [path], message });
      if (inputs.masked && inputs.enabled) fault("enabled", "a masked unit cannot be enabled");
      if (inputs.masked && inputs.running) fault("running", "a masked unit cannot run");
      if (inputs.masked && inputs.content !== undefined) {
        fault("masked", "a unit with content of its own cannot be masked: disable and stop it instead");
      }
      if (inputs.content === undefined) return;
      if (inputs.enabled && !installable(inputs.content)) {
        fault(
          "enabled",
          "the content has no [Install] section, so nothing could start it at boot: add one, or set false",
        );
      }
      if (inputs.running && !staysActive(inputs.unit, inputs.content)) {
        fault(
          "running",
          "a oneshot service ends at once: add RemainAfterExit=yes, or set false and let a timer start it",
        );
      }
    })
    .transform(({ enabled, running, ...inputs }) => ({
      ...inputs,
      enabled: enabled ?? (!inputs.masked && (inputs.content === undefined || installable(inputs.content))),
      running:
        running ?? (!inputs.masked && (inputs.content === undefined || staysActive(inputs.unit, inputs.content))),
    })),
  identity: ["unit"],
  idOf: (inputs) => inputs.unit,

  async observe(session, inputs) {
    return (await look(session, inputs))?.state;
  },

  async apply(session, inputs, observed) {
    const facts = await look(session, inputs);
    const missing = !facts?.loadable && inputs.content === undefined && !inputs.masked;
    if (missing) {
      throw session.fail(
        `there is no unit ${inputs.unit}: install the package that brings it first, or declare content.`,
      );
    }
    let plan = planUnit(inputs, facts);
    if (observed && plan.length === 0) return observed;
    if (facts && enablesAtRest(plan, facts)) {
      await session.change(`enable ${inputs.unit}`, { parts: [inputs.unit], join: enableUnits });
      plan = plan.filter((step) => step !== "enable");
    }
    if (plan.length > 0) {
      await session.run(`set up ${inputs.unit}`, changeUnit(inputs, plan, unitDigest(inputs)));
    }
    const after = await look(session, inputs);
    if (!after) throw session.fail(`${inputs.unit} was set up but is not there any more.`);
    const wrong = (["enabled", "running", "masked"] as const).filter((key) => after.state[key] !== inputs[key]);
    if (wrong.length > 0) {
      const told = wrong.map((key) => `${key} is ${after.state[key]} where ${inputs[key]} is wanted`).join(", ");
      throw session.fail(`${inputs.unit}: ${told} (${after.active}, ${after.fileState}). ${remedy(after)}`);
    }
    return after.state;
  },

  async remove(session, inputs) {
    await session.run(`take away ${inputs.unit}`, removeUnit(inputs));
  },
};

async function look(session: Session, inputs: UnitInputs): Promise<UnitFacts | undefined> {
  const output = await session.read(`look at ${inputs.unit}`, { parts: [inputs], join: observeUnits });
  return parseUnit(answerFor(output, inputs.unit), inputs);
}

function remedy(facts: { oneshot: boolean; fileState: string }): string {
  if (facts.oneshot) return "It is a oneshot that has ended: declare running: false, and let a timer start it.";
  if (["static", "generated", "indirect", "alias"].includes(facts.fileState)) {
    return `It has no [Install] section of its own (${facts.fileState}): declare enabled: false.`;
  }
  return "Something else on the host changes it.";
}
