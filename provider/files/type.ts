import { z } from "zod";
import { convergeFiles } from "../file/converge.ts";
import { entrySchema, type FileEntry } from "../file/entry.ts";
import { observeEntries } from "../file/observe.ts";
import { type Reload, reloadedUnits } from "../file/reload.ts";
import { changeFiles } from "../file/script.ts";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { absolutePath, host, unit } from "../schema.ts";
import { entriesWithout, fileThing } from "../things.ts";
import { reloadUnits } from "../units.ts";
import { commonFolder } from "./common-folder.ts";

export interface FilesInputs extends HostInputs {
  files: Record<string, FileEntry>;
  validate?: string;
  reload?: Reload;
  retain?: boolean;
}

export interface FilesState {
  files: Record<string, FileEntry>;
}

export const filesType: ResourceType<FilesInputs, FilesState> = {
  token: "quayside:host:Files",
  schema: z
    .strictObject({
      host,
      files: z.record(absolutePath, z.strictObject(entrySchema)),
      validate: z.string().min(1).optional(),
      reload: z.union([z.array(unit), z.record(unit, z.array(absolutePath).min(1))]).optional(),
      retain: z.boolean().optional(),
    })
    .superRefine(({ files, reload = [] }, context) => {
      if (Array.isArray(reload)) return;
      for (const [name, paths] of Object.entries(reload as Record<string, string[]>)) {
        for (const [index, path] of paths.entries()) {
          if (Object.hasOwn(files, path)) continue;
          context.addIssue({ code: "custom", path: ["reload", name, index], message: "is no file of this set" });
        }
      }
    }),
  identity: [],
  settings: ["validate", "reload", "retain"],
  idOf: (inputs) => `files${commonFolder(Object.keys(inputs.files))}`,
  things: ({ files }) => Object.keys(files ?? {}).map(fileThing),
  without: (declared, things) => ({ ...declared, files: entriesWithout(declared.files, fileThing, things) }),

  async observe(session, inputs) {
    const files = await observeEntries(session, inputs.files);
    const gone = Object.keys(files).length === 0 && Object.keys(inputs.files).length > 0;
    return gone ? undefined : { files };
  },

  async apply(session, inputs, observed, previous) {
    const files = await convergeFiles(session, {
      wanted: inputs.files,
      observed: observed?.files ?? {},
      previous: Object.keys(previous?.files ?? {}),
      validateAll: inputs.validate,
      reload: inputs.reload,
    });
    return { files };
  },

  async remove(session, inputs, state) {
    if (inputs.retain) return;
    const remove = [...new Set([...Object.keys(state.files ?? {}), ...Object.keys(inputs.files)])];
    await session.run(`remove ${remove.length} files`, changeFiles({ write: [], adjust: [], remove }));
    await reloadUnits(session, reloadedUnits(inputs.reload));
  },
};
