import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { absolutePath, host, unit } from "../schema.ts";
import { fileThing } from "../things.ts";
import { q } from "../transport/shell.ts";
import { reloadUnits } from "../units.ts";
import { convergeFiles } from "./converge.ts";
import { entrySchema, type FileEntry } from "./entry.ts";
import { observeEntries } from "./observe.ts";

export interface FileInputs extends HostInputs, FileEntry {
  path: string;
  validate?: string;
  reload?: string[];
  retain?: boolean;
}

export interface FileState extends FileEntry {
  path: string;
}

export const fileType: ResourceType<FileInputs, FileState> = {
  token: "quayside:host:File",
  schema: z.strictObject({
    host,
    path: absolutePath,
    ...entrySchema,
    validate: z.string().includes("{}", { message: "the command needs {} where the file's name goes" }).optional(),
    reload: z.array(unit).optional(),
    retain: z.boolean().optional(),
  }),
  identity: ["path"],
  settings: ["validate", "reload", "retain"],
  idOf: (inputs) => inputs.path.slice(1),
  things: ({ path }) => [fileThing(path)],

  async observe(session, inputs) {
    const found = (await observeEntries(session, { [inputs.path]: entryOf(inputs) }))[inputs.path];
    return found && { path: inputs.path, ...found };
  },

  async apply(session, inputs, observed) {
    const after = await convergeFiles(session, {
      wanted: { [inputs.path]: entryOf(inputs) },
      observed: observed ? { [inputs.path]: entryOf(observed) } : {},
      previous: [],
      validateEach: inputs.validate,
      reload: inputs.reload,
    });
    return { path: inputs.path, ...(after[inputs.path] as FileEntry) };
  },

  async remove(session, inputs) {
    if (inputs.retain) return;
    await session.run(`remove ${inputs.path}`, `rm -f -- ${q(inputs.path)}`);
    await reloadUnits(session, inputs.reload ?? []);
  },
};

function entryOf({ content, mode, owner, group }: FileEntry): FileEntry {
  return { content, mode, owner, group };
}
