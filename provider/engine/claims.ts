import type { HostConnection } from "../host.ts";

/** How many things are named one by one. */
const SHOWN = 5;

/**
 * Who declares what in a run. A create adopts what is there, and the engine deletes after it has created: under another
 * logical name or parent the same thing would be adopted first and destroyed then. So what one resource gives up stays
 * when another one declares it.
 */
export class Claims {
  /** URNs by thing. */
  readonly #claimants = new Map<string, Set<string>>();
  readonly #releases = new Map<string, Promise<unknown>>();

  /** Notes that a resource of this run is to have these things. */
  claim(urn: string, host: HostConnection, things: readonly string[]): void {
    for (const key of things.flatMap((thing) => keysOf(host, thing))) {
      const claimants = this.#claimants.get(key);
      if (claimants) claimants.add(urn);
      else this.#claimants.set(key, new Set([urn]));
    }
  }

  /** Of these things, those that another resource of this run declares, with its URN. */
  taken(urn: string, host: HostConnection, things: readonly string[]): Map<string, string> {
    return new Map(
      things.flatMap((thing) => {
        const claimants = keysOf(host, thing).flatMap((key) => [...(this.#claimants.get(key) ?? [])]);
        const other = claimants.find((claimant) => claimant !== urn);
        return other === undefined ? [] : [[thing, other] as const];
      }),
    );
  }

  /** Does work that gives these things up. */
  async release<Result>(host: HostConnection, things: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const working = work();
    const settled = working.catch(() => undefined);
    const keys = things.flatMap((thing) => keysOf(host, thing));
    for (const key of keys) this.#releases.set(key, settled);
    await settled;
    for (const key of keys) if (this.#releases.get(key) === settled) this.#releases.delete(key);
    return working;
  }

  /** Waits until nobody is giving these things up: what is seen of one meanwhile may be gone a moment later. */
  async settled(host: HostConnection, things: readonly string[]): Promise<void> {
    await Promise.all(things.flatMap((thing) => keysOf(host, thing)).map((key) => this.#releases.get(key)));
  }
}

/** Why things stay that a resource had. @param all whether these are all that it had */
export function explainTaken(taken: ReadonlyMap<string, string>, all: boolean): string {
  const owners = [...new Set(taken.values())]
    .map((urn) => urn.split("::").at(-1))
    .sort()
    .join(", ");
  if (all) {
    return `what it covers is declared by ${owners} now: that stays as it is, and only this resource goes`;
  }
  const names = [...taken.keys()];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${names.slice(0, SHOWN).join(", ")}${more}: declared by ${owners} now, so not removed`;
}

/** A machine may get another name in the same breath, so it goes by its address, too. */
function keysOf(host: HostConnection, thing: string): string[] {
  return [host.name, addressOf(host)].map((machine) => `${machine}\n${thing}`);
}

function addressOf({ address, port = 22, jump }: HostConnection): string {
  return `${jump ? `${addressOf(jump)} ` : ""}[${address}]:${port}`;
}
