import { contentBytes } from "../content.ts";
import type { Session } from "../transport/session.ts";
import { announceReload, finishReload } from "../units.ts";
import type { FileEntry } from "./entry.ts";
import { observeEntries } from "./observe.ts";
import { planFiles } from "./plan.ts";
import { type Reload, reloadedUnits, unitsToReload } from "./reload.ts";
import { changeFiles, changeFilesOfAll } from "./script.ts";

export interface FileWork {
  wanted: Readonly<Record<string, FileEntry>>;
  observed: Readonly<Record<string, FileEntry>>;
  /** Paths that the last run left. */
  previous: readonly string[];
  /** Command per file, with `{}` for its temporary name. */
  validateEach?: string;
  /** Command for the whole. */
  validateAll?: string;
  reload?: Reload;
}

/** Makes files as wanted in one script, reloads what reads them, and returns what is there then. */
export async function convergeFiles(session: Session, work: FileWork): Promise<Record<string, FileEntry>> {
  const plan = await planFiles(work.wanted, work.observed, work.previous);
  const changed = [...plan.write, ...plan.remove];
  const units = reloadedUnits(work.reload);
  if (changed.length + plan.adjust.length === 0) {
    // A run that ended between writing and reloading left its announcement.
    if (units.length > 0) await session.run(`reload ${units.join(", ")}`, finishReload(units));
    return { ...work.observed };
  }
  const entry = (path: string) => work.wanted[path] as FileEntry;
  const write = plan.write.map(async (path) => {
    const { content, ...attributes } = entry(path);
    return { path, bytes: await contentBytes(content), ...attributes, validate: work.validateEach };
  });
  const changes = {
    write: await Promise.all(write),
    adjust: plan.adjust.map((path) => ({ path, ...entry(path) })),
    remove: plan.remove,
  };
  const all = [...changed, ...plan.adjust];
  const doing = all.length === 1 ? `write ${all[0]}` : `write ${all.length} files`;
  const validate = changed.length > 0 ? work.validateAll : undefined;
  if (work.validateEach === undefined && validate === undefined && units.length === 0) {
    await session.change(doing, { parts: [changes], join: changeFilesOfAll });
  } else {
    const script = changeFiles({ ...changes, validate });
    const own = [
      announceReload(unitsToReload(work.reload, changed)),
      `(\n${script}\n)`,
      "code=$?; [ $code -eq 0 ] || exit $code",
      finishReload(units),
    ];
    await session.run(doing, own.join("\n"));
  }
  const after = await observeEntries(session, work.wanted);
  for (const path of Object.keys(work.wanted)) {
    if (!after[path]) throw session.fail(`${path} was written but is not there any more: something else removes it.`);
  }
  return after;
}
