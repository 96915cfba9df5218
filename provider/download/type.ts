import { z } from "zod";
import type { HostInputs, ResourceType } from "../resource-type.ts";
import { absolutePath, host, mode } from "../schema.ts";
import { entriesWithout, fileThing } from "../things.ts";
import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";
import { changeDownload, observeDownload, parseDownload, recordFile, removeDownload } from "./script.ts";

export interface DownloadInputs extends HostInputs {
  url: string;
  sha256: string;
  files: Record<string, string>;
  mode: string;
}

export interface DownloadState {
  sha256: string;
  files: Record<string, string>;
  mode: string;
}

export const downloadType: ResourceType<DownloadInputs, DownloadState> = {
  token: "quayside:host:Download",
  schema: z.strictObject({
    host,
    url: z.string().regex(/^https?:\/\/[^\s/]+\/\S+$/, "an http or https URL is needed"),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is needed: 64 hexadecimal digits, lower case"),
    files: z
      .record(absolutePath, z.string().regex(/^(?!\/)(?!-)[^\0\n]*$/, "a path inside the archive, or nothing"))
      .refine((files) => Object.keys(files).length > 0, "at least one file is needed"),
    mode: mode.default("0755"),
  }) as z.ZodType<DownloadInputs>,
  identity: [],
  // Where it came from says nothing about what is there; the checksum does.
  settings: ["url"],
  idOf: (inputs) => `download/${recordFile(inputs.files).replace(/.*\/|\.json$/g, "")}`,
  things: ({ files }) => Object.keys(files ?? {}).map(fileThing),
  without: (declared, things) => ({ ...declared, files: entriesWithout(declared.files, fileThing, things) }),

  async observe(session, inputs) {
    const output = await session.read("look at what was downloaded", observeDownload(inputs.files));
    return parseDownload(output, inputs);
  },

  async apply(session, inputs, observed, previous) {
    if (!observed || !matches(inputs, observed)) await fetchFiles(session, inputs);
    const state = await downloadType.observe(session, inputs, undefined);
    if (!state || !matches(inputs, state)) {
      throw session.fail(`${inputs.url} was fetched, but its files are not what was put there. Run again.`);
    }
    const abandoned = Object.keys(previous?.files ?? {}).filter((path) => inputs.files[path] === undefined);
    if (abandoned.length > 0) {
      await session.run("remove files that are not declared any more", `rm -f -- ${abandoned.map(q).join(" ")}`);
    }
    return state;
  },

  async remove(session, inputs) {
    await session.run("remove what was downloaded", removeDownload(inputs.files));
  },
};

function matches(wanted: DownloadInputs, seen: DownloadState): boolean {
  const files = Object.entries(wanted.files);
  return (
    wanted.sha256 === seen.sha256 &&
    wanted.mode === seen.mode &&
    files.every(([path, member]) => seen.files[path] === member)
  );
}

async function fetchFiles(session: Session, inputs: DownloadInputs): Promise<void> {
  session.progress(`fetching ${inputs.url}`);
  await session.run(`fetch ${inputs.url}`, changeDownload(inputs));
}
