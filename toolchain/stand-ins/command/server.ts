import { randomBytes } from "node:crypto";
import { diffProperties, type PropertyChange } from "../../../provider/engine/diff.ts";
import { type Plugin, servePlugin, tokenOf } from "../../../provider/engine/plugin.ts";
import type { Path, Properties } from "../../../provider/engine/values.ts";
import type { Display } from "../../../provider/transport/session.ts";
import { checkCommand } from "./inputs.ts";
import { type Endpoint, runRemote } from "./remote.ts";

/** The version whose tokens, inputs and behaviour this follows. */
const VERSION = "1.2.1";
const TOKEN = "command:remote:Command";
const WARNING =
  `This is Quayside's STAND-IN for the plugin of @pulumi/command ${VERSION}, for tests where the official plugin cannot ` +
  `be had. It knows ${TOKEN} only. Do not run production with it.`;

/** Serves `command:remote:Command` to the engine. @returns the port it listens on */
export function serve(engineAddress: string | undefined): Promise<number> {
  return servePlugin(plugin, engineAddress);
}

const plugin: Plugin = {
  // A changed trigger replaces, and the new command runs before the old is deleted.
  ...{ name: "command", version: VERSION, deletesBeforeReplacing: false },
  configure: (_, display) => display.warn(WARNING),
  check(urn, news) {
    if (tokenOf(urn) !== TOKEN) throw new Error(`${WARNING} It does not know ${tokenOf(urn)}.`);
    const { properties, secrets, faults } = checkCommand(news);
    return { inputs: properties, secrets, faults };
  },
  diff: ({ inputs }, news) => changesOf(inputs.properties, news),
  preview: (_, { properties, secrets }, before) => ({
    properties: before ? withPrevious(properties, before.state.properties) : properties,
    secrets: [...secrets, ...outputs(secrets)],
  }),
  async create(urn, { properties, secrets }, display) {
    const { create } = properties;
    const state = typeof create === "string" ? await run(display, properties, create) : properties;
    return {
      id: `${urn.split("::").at(-1) ?? ""}${randomBytes(4).toString("hex")}`,
      properties: { ...state, stdout: state.stdout ?? "", stderr: state.stderr ?? "" },
      secrets: [...secrets, ...outputs(secrets)],
    };
  },
  async update({ state: olds }, { properties, secrets }, display) {
    const before = withPrevious(properties, olds.properties);
    const command = properties.update ?? properties.create;
    const state = typeof command === "string" ? await run(display, before, command) : before;
    return { properties: state, secrets: [...secrets, ...outputs(secrets)] };
  },
  // A command that ran has nothing to look at: what is in state is what there is.
  read: async ({ id, inputs, state }) => ({ id, ...state, inputs: inputs.properties }),
  async delete({ state: { properties } }, display) {
    if (typeof properties.delete === "string") await run(display, properties, properties.delete);
  },
  cancel: async () => {},
};

async function run(display: Display, properties: Properties, command: string): Promise<Properties> {
  const { stdin, environment, logging = "stdoutAndStderr", addPreviousOutputInEnv = true, stdout, stderr } = properties;
  const previous = addPreviousOutputInEnv === false ? {} : previousOutput(stdout, stderr);
  const show = (line: string) => display.progress(line);
  const outcome = await runRemote(
    properties.connection as unknown as Endpoint,
    {
      command,
      stdin: stdin as string | undefined,
      environment: { ...(environment as Record<string, string> | undefined), ...previous },
      onLine: {
        ...((logging === "stdout" || logging === "stdoutAndStderr") && { stdout: show }),
        ...((logging === "stderr" || logging === "stdoutAndStderr") && { stderr: show }),
      },
    },
    show,
  );
  return { ...properties, ...outcome };
}

function previousOutput(stdout: unknown, stderr: unknown): Record<string, string> {
  return {
    ...(typeof stdout === "string" && stdout !== "" && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(typeof stderr === "string" && stderr !== "" && { PULUMI_COMMAND_STDERR: stderr }),
  };
}

function withPrevious(properties: Properties, { stdout = "", stderr = "" }: Properties): Properties {
  return { ...properties, stdout, stderr };
}

/** What a command says may hold any of its secret inputs. */
function outputs(secrets: Path[]): Path[] {
  return secrets.length > 0 ? [["stdout"], ["stderr"]] : [];
}

/** Every input counts, in both directions. */
function changesOf(olds: Properties, news: Properties): PropertyChange[] {
  const removed = Object.keys(olds).filter((key) => news[key] === undefined);
  const wanted = { ...news, ...Object.fromEntries(removed.map((key) => [key, null])) };
  return diffProperties(wanted, olds, { identity: ["triggers"], settings: [] });
}
