/** A project at Hetzner, patiently: what is asked is asked again while the API is busy, limited or out of order. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.ts";
import type { ApiAccess } from "../interrupted/hetzner.ts";
import { KINDS, type Kind, type Thing } from "./plan.ts";

export interface Patience {
  /** Milliseconds after which a request, or a server's deletion, is given up. @default 120000 */
  giveUpAfter: number;
  /** Milliseconds before the second attempt; twice as many before each further one, up to 8 s. @default 500 */
  firstPause: number;
  /** Told why something takes longer. @default nobody */
  say(line: string): void;
}

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into as far as they are used
  body: any;
}

/** Locked by another action, or still in use by what is being deleted. */
const BUSY = new Set(["locked", "conflict", "resource_in_use", "must_be_unassigned", "rate_limit_exceeded"]);

/** The methods throw a UserError, one clear sentence, when patience has an end. */
export class HetznerProject {
  readonly #access: ApiAccess;
  readonly #request: typeof fetch;
  readonly #patience: Patience;

  constructor(access: ApiAccess, request: typeof fetch = fetch, patience: Partial<Patience> = {}) {
    this.#access = access;
    this.#request = request;
    this.#patience = { giveUpAfter: 120_000, firstPause: 500, say: () => {}, ...patience };
  }

  /** Everything that this project's stacks have labelled, whatever their state says. */
  async things(project: string): Promise<Thing[]> {
    const selector = encodeURIComponent(`managed-by==quayside,project==${project}`);
    const lists = await Promise.all(KINDS.map((kind) => this.#list(kind, selector)));
    return lists.flat();
  }

  /** Deletes it, and waits until it is gone; fine when it is gone already. */
  async remove({ kind, id, name }: Thing): Promise<void> {
    const what = `${kind.kind} ${name} (${id})`;
    if (kind.list === "volumes") {
      const { body, status } = await this.#ask("GET", `volumes/${id}`, what);
      if (status !== 404 && body.volume.server !== null) {
        await this.#finish(await this.#ask("POST", `volumes/${id}/actions/detach`, what), what);
      }
    }
    await this.#finish(await this.#ask("DELETE", `${kind.list}/${id}`, what), what);
  }

  async #list(kind: Kind, selector: string): Promise<Thing[]> {
    const found: Thing[] = [];
    for (let page: number | null = 1; page !== null; ) {
      const path = `${kind.list}?label_selector=${selector}&per_page=50&page=${page}`;
      const { body, status } = await this.#ask("GET", path, `the list of ${kind.kind}s`);
      if (status === 404) {
        throw new UserError(`${this.#access.endpoint}/${kind.list} is not there: is HCLOUD_ENDPOINT right?`);
      }
      for (const item of body[kind.list]) found.push(thingOf(kind, item));
      page = body.meta.pagination.next_page;
    }
    return found;
  }

  /** Waits for the end of the action that an answer names. */
  async #finish({ body }: Answer, what: string): Promise<void> {
    const deadline = Date.now() + this.#patience.giveUpAfter;
    let action = body?.action;
    for (; action?.status === "running"; await sleep(this.#patience.firstPause)) {
      if (Date.now() > deadline)
        throw new UserError(`${what}: Hetzner is still at it (${action.command}). Run it again.`);
      const answer = await this.#ask("GET", `actions/${action.id}`, what);
      if (answer.status === 404) return;
      action = answer.body.action;
    }
    if (action?.status === "error") {
      throw new UserError(`${what}: Hetzner could not ${action.command}: ${action.error.message}. Run it again.`);
    }
  }

  /** @returns the answer when it went well, or 404 */
  async #ask(method: string, path: string, what: string): Promise<Answer> {
    const deadline = Date.now() + this.#patience.giveUpAfter;
    for (let pause = this.#patience.firstPause; ; pause = Math.min(pause * 2, 8000)) {
      const answer = await this.#try(method, path);
      if (!(answer instanceof Error) && (answer.status < 300 || answer.status === 404)) return answer;
      if (!isPassing(answer)) throw refusal(answer as Answer, what, this.#access.endpoint);
      if (Date.now() + pause > deadline) {
        throw new UserError(
          `${what}: ${said(answer)}, still after ${this.#patience.giveUpAfter / 1000} s. Run it again later.`,
        );
      }
      this.#patience.say(`${what}: ${said(answer)}; trying again`);
      await sleep(pause);
    }
  }

  async #try(method: string, path: string): Promise<Answer | Error> {
    try {
      const answer = await this.#request(`${this.#access.endpoint}/${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.#access.token}` },
        signal: AbortSignal.timeout(30_000),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
    } catch (error) {
      return error as Error;
    }
  }
}

/** As far as the API tells of one kind of things. */
interface Item extends Pick<Thing, "id" | "name" | "labels"> {
  /** Of a primary IP. */
  ip?: string;
  /** Of a server. */
  public_net?: { ipv4?: { ip: string } | null; ipv6?: { ip: string } | null };
}

function thingOf(kind: Kind, { id, name, labels, ip, public_net: net }: Item): Thing {
  const addresses = [ip, net?.ipv4?.ip, net?.ipv6?.ip].filter((address) => address !== undefined);
  return { kind, id, name, labels, ...(addresses.length > 0 && { addresses }) };
}

function isPassing(answer: Answer | Error): boolean {
  if (answer instanceof Error) return true;
  return answer.status === 429 || answer.status >= 500 || BUSY.has(answer.body?.error?.code);
}

function said(answer: Answer | Error): string {
  if (answer instanceof Error) return `the API does not answer (${answer.message})`;
  return `the API answers ${answer.status}${answer.body?.error ? `, ${answer.body.error.message}` : ""}`;
}

function refusal(answer: Answer, what: string, endpoint: string): UserError {
  if (answer.status === 401) {
    return new UserError(
      `${endpoint} does not accept the token.`,
      "Give one that may write: HCLOUD_TOKEN, or the key to the stack's secrets (SOPS_AGE_KEY_FILE=<key file>).",
    );
  }
  const guarded = answer.body?.error?.code === "protected";
  return new UserError(
    `${what}: ${said(answer)}.${guarded ? " Somebody protected it: lift that in Hetzner's console." : ""}`,
  );
}
