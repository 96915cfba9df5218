import { z } from "zod";
import { observeFacts, ownership, parseFacts } from "../file/facts.ts";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { absolutePath, account, host, mode } from "../schema.ts";
import { q } from "../transport/shell.ts";

export interface DirectoryInputs extends HostInputs {
  path: string;
  mode: string;
  owner: string;
  group: string;
  retain?: boolean;
  deleteContents?: boolean;
}

export type DirectoryState = Pick<DirectoryInputs, "path" | "mode" | "owner" | "group">;

const SYSTEM = /^\/($|(bin|boot|dev|etc|home|lib|lib64|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)$)/;

export const directoryType: ResourceType<DirectoryInputs, DirectoryState> = {
  token: "quayside:host:Directory",
  schema: z
    .strictObject({
      host,
      path: absolutePath,
      mode: mode.default("0755"),
      owner: account.default("root"),
      group: account.default("root"),
      retain: z.boolean().optional(),
      deleteContents: z.boolean().optional(),
    })
    .refine((inputs) => !(inputs.deleteContents && SYSTEM.test(inputs.path)), {
      path: ["deleteContents"],
      message: "a directory of the system itself is never deleted with its contents",
    })
    .refine((inputs) => !(inputs.deleteContents && inputs.retain), {
      path: ["deleteContents"],
      message: "contradicts `retain`: declare one of the two",
    }),
  identity: ["path"],
  settings: ["retain", "deleteContents"],
  idOf: (inputs) => inputs.path.slice(1),

  async observe(session, inputs) {
    const output = await session.read(`look at ${inputs.path}`, { parts: [inputs.path], join: observeFacts });
    const found = parseFacts(output).get(inputs.path);
    if (!found) return undefined;
    if (found.kind !== "directory") {
      throw session.fail(`${inputs.path} is a ${found.kind}, not a directory: move it away, or declare another path.`);
    }
    return { path: inputs.path, mode: found.mode, ...ownership(found, inputs) };
  },

  async apply(session, inputs, observed) {
    const { path, mode, owner, group } = inputs;
    if (observed && observed.mode === mode && observed.owner === owner && observed.group === group) return observed;
    const script = [
      "set -eu",
      ...(observed ? [] : [`mkdir -p -- ${q(path)}`]),
      `chown -h -- ${q(`${owner}:${group}`)} ${q(path)}`,
      `chmod -- ${mode} ${q(path)}`,
    ];
    await session.change(`make the directory ${path}`, script.join("\n"));
    const state = await directoryType.observe(session, inputs, undefined);
    if (!state) throw session.fail(`${path} was made but is not there any more: something else removes it.`);
    return state;
  },

  async remove(session, inputs) {
    if (inputs.retain) return;
    const path = q(inputs.path);
    if (inputs.deleteContents) {
      await session.run(`delete ${inputs.path}`, `rm -rf --one-file-system -- ${path}`);
      return;
    }
    const kept = await session.run(
      `remove ${inputs.path}`,
      `if [ -d ${path} ]; then rmdir --ignore-fail-on-non-empty -- ${path}; fi\n[ ! -d ${path} ] || echo kept`,
    );
    if (kept.trim()) {
      session.warn(`${inputs.path} is not empty, so it stays. Set deleteContents to delete it with what is in it.`);
    }
  },
};
