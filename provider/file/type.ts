import { z } from "zod";
import { contentBytes } from "../content.ts";
import type { AssetValue } from "../engine/values.ts";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { absolutePath, account, content, host, mode, unit } from "../schema.ts";
import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";
import { reloadUnits } from "../units.ts";
import { observeFile, parseFile, setAttributes, writeFile } from "./script.ts";

export interface FileInputs extends HostInputs {
  path: string;
  content: string | AssetValue;
  mode: string;
  owner: string;
  group: string;
  validate?: string;
  reload?: string[];
  retain?: boolean;
}

export interface FileState {
  path: string;
  content: string | AssetValue;
  mode: string;
  owner: string;
  group: string;
}

export const fileType: ResourceType<FileInputs, FileState> = {
  token: "quayside:host:File",
  schema: z.strictObject({
    host,
    path: absolutePath,
    content,
    mode: mode.default("0644"),
    owner: account.default("root"),
    group: account.default("root"),
    validate: z.string().includes("{}", { message: "the command needs {} where the file's name goes" }).optional(),
    reload: z.array(unit).optional(),
    retain: z.boolean().optional(),
  }),
  identity: ["path"],
  settings: ["validate", "reload", "retain"],
  idOf: (inputs) => inputs.path.slice(1),

  async observe(session, inputs) {
    const output = await session.read(`read ${inputs.path}`, observeFile(inputs.path, numericOwner(inputs)));
    const facts = parseFile(output);
    return facts && { path: inputs.path, ...facts, content: await asDeclared(inputs.content, facts.content) };
  },

  async apply(session, inputs, observed) {
    const bytes = await contentBytes(inputs.content);
    const sameContent = observed !== undefined && (await contentBytes(observed.content)).equals(bytes);
    const sameAttributes =
      observed?.mode === inputs.mode && observed.owner === inputs.owner && observed.group === inputs.group;
    if (!sameContent) {
      await session.run(`write ${inputs.path}`, writeFile(inputs.path, bytes, inputs, inputs.validate));
      await reloadUnits(session, inputs.reload ?? []);
    } else if (!sameAttributes) {
      await session.run(`set the owner and mode of ${inputs.path}`, setAttributes(inputs.path, inputs));
    } else {
      return observed;
    }
    return verified(session, inputs);
  },

  async remove(session, inputs) {
    if (inputs.retain) return;
    await session.run(`remove ${inputs.path}`, `rm -f -- ${q(inputs.path)}`);
    await reloadUnits(session, inputs.reload ?? []);
  },
};

async function verified(session: Session, inputs: FileInputs): Promise<FileState> {
  const state = await fileType.observe(session, inputs, undefined);
  if (!state) throw session.fail(`${inputs.path} was written but is not there any more: something else removes it.`);
  return state;
}

function numericOwner(inputs: FileInputs) {
  return { owner: /^\d+$/.test(inputs.owner), group: /^\d+$/.test(inputs.group) };
}

/** An asset whose bytes are on the host is reported as that asset, so that nothing seems to have changed. */
async function asDeclared(declared: string | AssetValue, found: string): Promise<string | AssetValue> {
  if (typeof declared === "string") return found;
  return (await contentBytes(declared)).toString("utf8") === found ? declared : found;
}
