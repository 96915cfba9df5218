/** Cloudflare's API v4, by plain requests. */
import { fetchWhole } from "../../../provider/fetch-whole.ts";

/** How long is waited; tests wait less. */
export interface Patience {
  /** Pauses before another attempt, in milliseconds. */
  pauses: readonly number[];
  /** The longest pause that an answer may ask for, in milliseconds. */
  longest: number;
  /** How long one answer may take, in milliseconds. */
  timeout: number;
}

const PATIENCE: Patience = { pauses: [500, 1000, 2000, 4000], longest: 60_000, timeout: 30_000 };

export interface Access {
  token: string;
  baseUrl: string;
}

interface Envelope {
  success?: boolean;
  result?: unknown;
  errors?: Fault[];
}

interface Fault {
  code: number;
  message: string;
  error_chain?: Fault[];
}

/** What Cloudflare, or the way to it, has said no with. */
export class Refusal extends Error {
  readonly status: number | undefined;
  readonly codes: readonly number[];
  /** An attempt before this one got no answer: what is refused may be there because of it. */
  readonly afterLostAnswer: boolean;

  constructor(message: string, status: number | undefined, codes: readonly number[], afterLostAnswer: boolean) {
    super(message);
    this.status = status;
    this.codes = codes;
    this.afterLostAnswer = afterLostAnswer;
  }
}

export class CloudflareApi {
  readonly #access: Access;
  readonly #patience: Patience;

  constructor(access: Access, patience = PATIENCE) {
    this.#access = { ...access, baseUrl: access.baseUrl.replace(/\/+$/, "") };
    this.#patience = patience;
  }

  /** @returns what is in the envelope. @throws Refusal */
  async request(method: string, path: string, body?: object | FormData): Promise<unknown> {
    const answer = await this.send(method, path, body);
    return ((await answer.json()) as Envelope).result;
  }

  /** What there is, or undefined where there is nothing. @throws Refusal */
  async find(path: string): Promise<unknown> {
    return this.request("GET", path).catch(absent);
  }

  /** Deletes; fine when it is gone. @throws Refusal */
  async remove(path: string): Promise<void> {
    await this.request("DELETE", path).catch(absent);
  }

  /** One request, repeated where it was too many, got no answer or met a fault of the server. @throws Refusal */
  async send(method: string, path: string, body?: object | FormData): Promise<Response> {
    let lost = false;
    for (let attempt = 0; ; attempt += 1) {
      const pause = this.#patience.pauses[attempt];
      const answer = await this.#attempt(method, path, body).catch((error: Error) => error);
      if (answer instanceof Response && answer.ok) return answer;
      const broken = answer instanceof Error || answer.status >= 500;
      const passing = broken || (answer instanceof Response && answer.status === 429);
      if (!passing || pause === undefined) throw await refusal(method, path, answer, lost);
      lost ||= broken;
      const seconds = answer instanceof Response ? Number(answer.headers.get("Retry-After") ?? 0) || 0 : 0;
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(Math.max(pause, seconds * 1000), this.#patience.longest)),
      );
    }
  }

  async #attempt(method: string, path: string, body: object | FormData | undefined): Promise<Response> {
    const { token, baseUrl } = this.#access;
    const json = body !== undefined && !(body instanceof FormData);
    return fetchWhole(`${baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(json && { "Content-Type": "application/json" }) },
      signal: AbortSignal.timeout(this.#patience.timeout),
      ...(body !== undefined && { body: json ? JSON.stringify(body) : (body as FormData) }),
    });
  }
}

function absent(error: unknown): undefined {
  if (error instanceof Refusal && error.status === 404) return undefined;
  throw error;
}

async function refusal(method: string, path: string, answer: Response | Error, lost: boolean): Promise<Refusal> {
  const where = `${method} ${path.split("?")[0]}`;
  if (answer instanceof Error) {
    const reason = answer.cause instanceof Error ? answer.cause.message : answer.message;
    return new Refusal(`Cloudflare's API does not answer (${where}): ${reason}. Run it again.`, undefined, [], lost);
  }
  const { errors = [] } = ((await answer.json().catch(() => undefined)) ?? {}) as Envelope;
  const faults = errors.flatMap(({ error_chain, ...fault }) => [fault, ...(error_chain ?? [])]);
  const said = faults.map(({ code, message }) => `${message} (${code})`).join(" ");
  const what = `${answer.status} at ${where}${said && `: ${said}`}`;
  const codes = faults.map(({ code }) => code);
  return new Refusal(explain(answer.status, what, codes), answer.status, codes, lost);
}

function explain(status: number, what: string, codes: readonly number[]): string {
  if (status === 401 || status === 403 || codes.includes(6003)) {
    return (
      `Cloudflare refuses the API token (${what}). It needs Zone:Edit and DNS:Edit on the zone, and Workers Scripts:Edit ` +
      "and Workers Routes:Edit where there are Workers; put one into the stack's secrets."
    );
  }
  if (status === 429) return `Cloudflare's rate limit is used up (${what}). Run it again in some minutes.`;
  if (status >= 500) return `Cloudflare's API is broken for the moment (${what}). Run it again.`;
  return `Cloudflare's API refuses (${what}).`;
}
