import type { Session } from "../transport/session.ts";
import { type ComposeFile, fileMounts, isComposeFile } from "./compose-file.ts";
import { parseCompose } from "./compose-yaml.ts";
import * as docker from "./docker-script.ts";
import type { Diagnosis } from "./failure.ts";
import * as folder from "./folder-script.ts";
import { putFoldersRight } from "./folders.ts";
import { type ComposeProjectInputs, DEFAULT_TIMEOUT } from "./inputs.ts";
import { look } from "./look.ts";
import { refuseOthers } from "./others.ts";
import { type Plan, planDeployment } from "./plan.ts";
import type { DeploymentRecord, PendingDeployment } from "./record.ts";
import { attemptTo, NotServing, settle } from "./settle.ts";
import { containersOf, hasMovedImage, imagesInUse, imagesOf, type Snapshot } from "./snapshot.ts";
import { tryOut } from "./try-out.ts";

/** Brings a project to its declared version, or leaves the previous one serving and says why. */
export async function deploy(session: Session, inputs: ComposeProjectInputs): Promise<void> {
  const found = await look(session, inputs, inputs.compose);
  await refuseOthers(session, inputs, found);
  await putFoldersRight(session, inputs.folders, found.folders);
  const first = planDeployment(inputs, found);
  if (first.nothing) return;
  await session.run(`stage ${inputs.project} in ${inputs.directory}`, folder.stage(inputs, first.files));
  // Staging may have waited for what a killed run had still under way on the host.
  const before = await look(session, inputs, inputs.compose);
  const plan = planDeployment(inputs, before);
  const pulled = await pullImages(session, inputs, before);
  const withImages = pulled ? await look(session, inputs, inputs.compose) : before;
  const underWay = before.record?.pending?.onFailure === "restore";
  const images = { ...before.record?.images, ...(underWay ? {} : imagesInUse(before)) };
  await tryOut(session, inputs, plan, withImages, images);

  const onFailure = fallback(plan.newVersion || hasMovedImage(withImages, inputs.compose), before);
  const record: DeploymentRecord = {
    paths: [...new Set([...plan.files.map((file) => file.path), ...(before.record?.paths ?? [])])],
    settings: before.record?.settings ?? {},
    images,
    triggers: before.record?.triggers ?? inputs.triggers,
    pending: { recreate: plan.recreate, reload: plan.reload, onFailure },
  };
  const inUse = ["compose.yaml", ".env", ...Object.keys(inputs.files), ...(before.record?.paths ?? [])];
  if (onFailure === "restore" && !underWay) {
    await session.run(
      `keep the version of ${inputs.project} that runs`,
      folder.keepVersion(inputs, [...new Set(inUse)]),
    );
  }
  try {
    const version = { from: "staged" as const, files: plan.files, remove: plan.stale, record };
    await attemptTo(session, inputs, inputs.compose, folder.switchTo(inputs, version));
    await start(session, inputs, inputs.compose, before, plan);
  } catch (error) {
    if (!(error instanceof NotServing)) throw error;
    throw await giveUp(session, inputs, error.diagnosis, record, before);
  }
  await remember(
    session,
    inputs,
    inputs.compose,
    plan.files.map((file) => file.path),
    inputs.triggers,
  );
}

/** An interrupted deployment keeps its way back: the version that served is not the one that is in place now. */
function fallback(newVersion: boolean, before: Snapshot): PendingDeployment["onFailure"] {
  const interrupted = before.record?.pending?.onFailure;
  if (interrupted === "restore" || interrupted === "remove") return interrupted;
  if (!newVersion) return "leave";
  if (before.compose !== undefined) return "restore";
  // Its compose file was deleted by hand: there is nothing to restore, and what runs is not this deployment's to remove.
  return before.record !== undefined ? "leave" : "remove";
}

/** @returns whether there was anything to pull */
async function pullImages(session: Session, inputs: ComposeProjectInputs, before: Snapshot): Promise<boolean> {
  const policy = inputs.pull ?? "missing";
  const wanted = imagesOf(inputs.compose).filter((image) => policy === "always" || !before.references[image]);
  if (policy === "never" && wanted.length > 0) {
    throw session.fail(
      `the host does not have ${wanted.join(", ")} and ${inputs.project} says \`pull: "never"\`. What runs was not touched. ` +
        "Load the image there (docker load), or let it be pulled.",
    );
  }
  for (const image of wanted) {
    session.progress(`pulling ${image}`);
    const result = await session.attempt(docker.pull(image));
    if (result.code === 0) continue;
    const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-3).join("\n  ");
    throw session.fail(
      `cannot pull ${image} for ${inputs.project}, so nothing was changed and what runs goes on:\n  ${said}\n` +
        "Is the name right, does this tag exist, can the host reach the registry, does it have to log in (docker login)?",
    );
  }
  return wanted.length > 0;
}

/** Starts a version that is in place and waits until it serves. */
async function start(
  session: Session,
  inputs: ComposeProjectInputs,
  compose: ComposeFile,
  before: Snapshot,
  work: Pick<Plan, "recreate" | "reload">,
): Promise<void> {
  const timeout = inputs.timeout ?? DEFAULT_TIMEOUT;
  const pull = inputs.pull !== "never";
  const old = new Set(before.containers.map((container) => container.id));
  const kept = (after: Snapshot) => (service: string) =>
    containersOf(after, service).some((container) => old.has(container.id));

  session.progress(`starting ${Object.keys(compose.services).join(", ")}`);
  await attemptTo(session, inputs, compose, docker.up(inputs, timeout, { pull }));
  const after = await look(session, inputs, compose);
  const recreate = work.recreate.filter(kept(after));
  if (recreate.length > 0)
    await attemptTo(session, inputs, compose, docker.up(inputs, timeout, { pull, only: recreate }));
  for (const service of work.reload.filter(kept(after))) {
    const how = inputs.reload?.[service];
    const containers = containersOf(after, service).map((container) => container.id);
    if (!how) continue;
    session.progress(`reloading ${service}`);
    await attemptTo(
      session,
      inputs,
      compose,
      docker.reloadService(containers, how, timeout),
      `${service} does not reload`,
    );
  }
  await settle(session, inputs, compose, timeout);
}

/** Puts the previous version back, or takes a first one away, and says what happened. */
async function giveUp(
  session: Session,
  inputs: ComposeProjectInputs,
  diagnosis: Diagnosis,
  record: DeploymentRecord,
  before: Snapshot,
): Promise<Error> {
  const fail = (outcome: string) => session.fail(diagnosis.redact(`${outcome}\n${diagnosis.text}`));
  if (record.pending?.onFailure === "leave") {
    const why =
      before.compose === undefined
        ? "its compose.yaml was gone, so there is no version to restore and it was left"
        : "its version is the declared one, so it was left";
    return fail(`${inputs.project} could not be repaired; ${why}:`);
  }
  if (record.pending?.onFailure === "remove") {
    session.progress("taking the first version away");
    const result = await session.attempt(docker.down(inputs, false));
    if (result.code === 0) await session.run(`clear ${inputs.directory}`, folder.clear(inputs, record.paths));
    return fail(
      result.code === 0
        ? `the first version of ${inputs.project} does not serve, so it was taken away again (volumes and data stay):`
        : `the first version of ${inputs.project} does not serve, and it could not be taken away: ${result.stderr.trim()}`,
    );
  }
  session.progress("restoring the previous version");
  try {
    await restore(session, inputs, record);
  } catch (error) {
    const why = error instanceof NotServing ? error.diagnosis.text : (error as Error).message;
    return fail(
      `the new version of ${inputs.project} does not serve, and the previous one was put back but does not serve either:\n` +
        `${why}\nWhat the new version said:`,
    );
  }
  return fail(
    `the new version of ${inputs.project} does not serve; the previous version was restored and serves again:`,
  );
}

async function restore(session: Session, inputs: ComposeProjectInputs, record: DeploymentRecord): Promise<void> {
  const listing = await session.run(
    "read the previous version",
    folder.listVersion(`${inputs.directory}/.quayside/previous`),
  );
  const { paths, compose, record: old } = folder.parseVersion(listing);
  const declared = parseCompose(compose);
  if (!isComposeFile(declared)) throw new Error("its compose.yaml cannot be read");
  const files = paths.filter((path) => path !== "compose.yaml" && path !== ".env");
  const mounts = fileMounts(declared, inputs.directory, files);
  const reloads = (service: string) => inputs.reload?.[service] !== undefined;
  const before = await look(session, inputs, declared);
  await session.run(
    `restore ${inputs.directory}`,
    folder.switchTo(inputs, {
      from: "previous",
      files: paths.map((path) => ({
        path,
        inPlace: mounts.alone.has(path) && (mounts.services.get(path) ?? []).some(reloads),
      })),
      remove: record.paths.filter((path) => !paths.includes(path)),
      record,
    }),
  );
  await session.attempt(docker.restoreImages(record.images));
  await start(session, inputs, declared, before, record.pending ?? { recreate: [], reload: [] });
  await remember(session, inputs, declared, old?.paths ?? paths, old?.triggers ?? []);
}

/** Writes down what runs now, which ends the deployment. */
async function remember(
  session: Session,
  inputs: ComposeProjectInputs,
  compose: ComposeFile,
  paths: string[],
  triggers: string[],
): Promise<void> {
  const snapshot = await look(session, inputs, compose);
  const settings = snapshot.containers.map((container) => [
    container.labels["com.docker.compose.service"] ?? "",
    container.labels["com.docker.compose.config-hash"] ?? "",
  ]);
  const record = { paths, settings: Object.fromEntries(settings), images: snapshot.references, triggers };
  await session.run(`remember the deployment of ${inputs.project}`, folder.finish(inputs, record));
}
