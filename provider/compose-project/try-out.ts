import type { Session } from "../transport/session.ts";
import { renderCompose } from "./compose-yaml.ts";
import { restoreImages } from "./docker-script.ts";
import { unstage } from "./folder-script.ts";
import { type ComposeProjectInputs, DEFAULT_TIMEOUT } from "./inputs.ts";
import { stagedIn } from "./place.ts";
import type { Plan } from "./plan.ts";
import { attemptTo, NotServing, settle } from "./settle.ts";
import type { Snapshot } from "./snapshot.ts";
import { declaredName, planTrial, trialOf } from "./trial.ts";
import { endTrial, startTrial } from "./trial-script.ts";

/**
 * Starts the staged version beside the one that serves, where that is possible, and waits until it is healthy. When it
 * is not, nothing was touched.
 *
 * @param images what the names of images meant before, by name
 */
export async function tryOut(
  session: Session,
  inputs: ComposeProjectInputs,
  plan: Plan,
  before: Snapshot,
  images: Readonly<Record<string, string>>,
): Promise<void> {
  const trial = planTrial(inputs, before, plan, stagedIn(inputs));
  if (!trial) return;
  const timeout = inputs.timeout ?? DEFAULT_TIMEOUT;
  const place = { project: trialOf(inputs.project), directory: stagedIn(inputs) };
  const names = Object.keys(trial.services).map(declaredName).join(", ");
  session.progress(`trying the new version of ${names} beside the one that serves`);
  try {
    await attemptTo(session, place, trial, startTrial(inputs, renderCompose(trial), timeout));
    await settle(session, place, trial, timeout);
  } catch (error) {
    await session.attempt([endTrial(inputs), unstage(inputs), restoreImages(images)].join("\n"));
    if (!(error instanceof NotServing)) throw error;
    const { text, redact } = error.diagnosis;
    throw session.fail(
      redact(
        `the new version of ${inputs.project} does not serve; the one that runs was not touched and goes on serving:\n${text}\n` +
          "It was tried beside the one that serves; a program that cannot run twice needs `trial: false`.",
      ),
    );
  }
  await session.run("end the trial", endTrial(inputs, true));
}
