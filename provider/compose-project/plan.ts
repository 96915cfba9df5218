import { isDeepStrictEqual } from "node:util";
import { fileMounts } from "./compose-file.ts";
import { parseCompose, renderCompose } from "./compose-yaml.ts";
import { formatEnv, parseEnv } from "./env-file.ts";
import type { ComposeProjectInputs } from "./inputs.ts";
import { type Snapshot, serviceStates } from "./snapshot.ts";

/** A file to put into the project's folder. */
export interface PlacedFile {
  path: string;
  content: string;
  mode: string;
  /** Overwrite it rather than put another in its place: a container that mounts just this file has to see the change. */
  inPlace: boolean;
}

export interface Plan {
  /** Everything that the version consists of, changed or not. */
  files: PlacedFile[];
  /** Paths that an earlier version wrote and this one does not have. */
  stale: string[];
  /** Whether anything in the folder differs from what is there. */
  newVersion: boolean;
  recreate: string[];
  reload: string[];
  /** Nothing at all is to be done. */
  nothing: boolean;
}

/** What a deployment has to do. Pure. */
export function planDeployment(inputs: ComposeProjectInputs, snapshot: Snapshot): Plan {
  const { compose, directory, env, triggers } = inputs;
  const { record } = snapshot;
  const sameCompose = snapshot.compose !== undefined && isDeepStrictEqual(parseCompose(snapshot.compose), compose);
  const hasEnv = Object.keys(env).length > 0;
  const sameEnv = !hasEnv || (snapshot.env !== undefined && isDeepStrictEqual(parseEnv(snapshot.env), env));
  const mounts = fileMounts(compose, directory, Object.keys(inputs.files));
  const reloads = (service: string) => inputs.reload?.[service] !== undefined;

  const files: PlacedFile[] = [
    // What means the same stays as it is written, so that a project made by hand can be taken over untouched.
    {
      path: "compose.yaml",
      content: sameCompose ? (snapshot.compose ?? "") : renderCompose(compose),
      mode: "0600",
      inPlace: false,
    },
    ...(hasEnv
      ? [{ path: ".env", content: sameEnv ? (snapshot.env ?? "") : formatEnv(env), mode: "0600", inPlace: false }]
      : []),
    ...Object.entries(inputs.files).map(([path, file]) => ({
      path,
      ...file,
      inPlace: mounts.alone.has(path) && (mounts.services.get(path) ?? []).some(reloads),
    })),
  ];
  const written = new Set(files.map((file) => file.path));
  const stale = (record?.paths ?? []).filter((path) => !written.has(path));
  const changed = Object.keys(inputs.files).filter(
    (path) => !isDeepStrictEqual(snapshot.files[path], inputs.files[path]),
  );
  const affected = changed.flatMap((path) => mounts.services.get(path) ?? []);

  const states = serviceStates(snapshot, compose);
  const names = Object.keys(compose.services);
  const triggered = record !== undefined && !isDeepStrictEqual(record.triggers, triggers);
  const stuck = names.filter((name) => /^(unhealthy|restarting|paused|dead|removing)/.test(states[name]?.state ?? ""));
  const pending = record?.pending;
  const recreate = [
    ...(triggered ? names : []),
    ...affected.filter((name) => !reloads(name)),
    ...stuck,
    ...(pending?.recreate ?? []),
  ];
  const reload = [...affected.filter(reloads), ...(pending?.reload ?? [])];
  const newVersion = !sameCompose || !sameEnv || changed.length > 0 || stale.length > 0;
  return {
    files,
    stale,
    newVersion,
    recreate: distinct(recreate).filter((name) => names.includes(name)),
    reload: distinct(reload).filter((name) => reloads(name) && !recreate.includes(name)),
    nothing:
      record !== undefined && !pending && !newVersion && !triggered && isDeepStrictEqual(states, inputs.services),
  };
}

/** Whether the file `.env` is the declaration's business. One made by hand is not, as long as no variable is declared. */
export function isEnvOurs({ env = {} }: Partial<ComposeProjectInputs>, { record }: Snapshot): boolean {
  return Object.keys(env).length > 0 || record?.paths.includes(".env") === true;
}

function distinct(names: string[]): string[] {
  return [...new Set(names)];
}
