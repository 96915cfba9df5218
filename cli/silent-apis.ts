/**
 * Ends a run that waits for an API which takes requests and never answers them. The plugins' own limits are of no use for
 * that: one answer is waited for for 20 minutes, or for ever, and their resources' `customTimeouts` are ignored.
 */
import type { ClientRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Deployment, pendingOf } from "./interrupted/pending.ts";

export interface WatchedRun {
  /** What the engine has saved so far, without its secrets. Where that cannot be had, nothing is looked at. */
  state(): Promise<Deployment>;
  say(line: string): void;
  /** Asked once, the engine ends after what is under way; asked again, at once. */
  interrupt(): void;
}

/** All in milliseconds; tests wait less. */
export interface SilencePatience {
  /** Runs that are shorter are not looked at. */
  firstLook: number;
  /** From one look to the next. */
  pause: number;
  /** An API that has not answered by then is silent. */
  answer: number;
  /** How long it may be silent: longer than a gateway needs to give up, and to be restarted. */
  silence: number;
  /** For what else is under way to end, before the engine is ended at once. */
  grace: number;
}

const PATIENCE: SilencePatience = {
  ...{ firstLook: 60_000, pause: 30_000, answer: 20_000 },
  ...{ silence: 5 * 60_000, grace: 60_000 },
};

/** By the package of its plugin; where it is, from the provider's inputs. */
const APIS: Readonly<Record<string, { name: string; at: (inputs: Record<string, unknown>) => unknown }>> = {
  hcloud: { name: "Hetzner", at: ({ endpoint }) => endpoint ?? "https://api.hetzner.cloud/v1" },
  github: { name: "GitHub", at: ({ baseUrl }) => baseUrl ?? "https://api.github.com/" },
  cloudflare: { name: "Cloudflare", at: ({ baseUrl }) => baseUrl ?? "https://api.cloudflare.com/client/v4" },
};

/** Watches over a run until it is stopped. */
export function watchSilence(run: WatchedRun, patience = PATIENCE): { stop(): void } {
  const stopped = new AbortController();
  watch(run, patience, stopped.signal).catch((error: Error) => {
    if (!stopped.signal.aborted) run.say(`whether the stack's APIs answer is not watched any more: ${error.message}.`);
  });
  return { stop: () => stopped.abort() };
}

/** An abort ends it with an error, wherever it is. */
async function watch(run: WatchedRun, patience: SilencePatience, signal: AbortSignal): Promise<void> {
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal, ref: false });
  const silentSince = new Map<string, number>();
  await pause(patience.firstLook);
  for (;;) {
    const started = Date.now();
    const state = await run.state().catch(() => undefined);
    for (const { name, url, waitedFor } of state ? apisOf(state) : []) {
      const silent = waitedFor && (await isSilent(url, patience.answer));
      signal.throwIfAborted();
      if (!silent) {
        silentSince.delete(url);
        continue;
      }
      const { origin } = new URL(url);
      const since = silentSince.get(url);
      if (since === undefined) {
        silentSince.set(url, started);
        run.say(
          `${name} takes requests at ${origin} and does not answer them. This run waits for it, for ${spell(patience.silence)} at most.`,
        );
      } else if (Date.now() - since >= patience.silence) {
        run.say(
          `${name} has not answered at ${origin} for ${spell(patience.silence)}, so this run is ended. Run it again when it answers: what was made stays, and the next run goes on from there.`,
        );
        run.interrupt();
        await pause(patience.grace);
        run.interrupt();
        return;
      }
    }
    await pause(patience.pause);
  }
}

function spell(milliseconds: number): string {
  return milliseconds < 60_000 ? `${milliseconds / 1000} s` : `${milliseconds / 60_000} minutes`;
}

/**
 * The APIs of a stack's plugins. A run may be waiting for one when something there is under way, or nothing anywhere: then
 * it reads. A run that is at work on hosts does not have to hear from an API.
 */
export function apisOf(state: Deployment): { name: string; url: string; waitedFor: boolean }[] {
  const pending = pendingOf(state).map(({ resource }) => resource.type.split(":")[0]);
  const apis = (state.deployment.resources ?? []).flatMap(({ type, inputs = {} }) => {
    const plugin = /^pulumi:providers:(.*)/.exec(type)?.[1] ?? "";
    const url = APIS[plugin]?.at(inputs);
    if (typeof url !== "string" || !URL.canParse(url)) return [];
    return [{ name: APIS[plugin]?.name ?? plugin, url, waitedFor: pending.length === 0 || pending.includes(plugin) }];
  });
  return [...new Map(apis.map((api) => [api.url, api])).values()];
}

/**
 * Whether a connection is made, and then nothing is said. Where none is made, the plugins see that for themselves; and
 * where only they get through, by a proxy, nothing is known.
 */
export async function isSilent(url: string, patience: number): Promise<boolean> {
  const secure = url.startsWith("https:");
  // Only here: most runs are over before anything is looked at.
  const { get } = await import(secure ? "node:https" : "node:http");
  const request: ClientRequest = get(url, { agent: false });
  return new Promise((resolve) => {
    let connected = false;
    const done = (silent: boolean) => {
      clearTimeout(timer);
      request.destroy();
      resolve(silent);
    };
    const timer = setTimeout(() => done(connected), patience);
    request.on("socket", (socket) => {
      socket.once(secure ? "secureConnect" : "connect", () => {
        connected = true;
      });
    });
    request.on("response", () => done(false));
    request.on("error", () => done(false));
  });
}
