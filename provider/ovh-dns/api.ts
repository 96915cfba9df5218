import { createHash } from "node:crypto";
import { HostError } from "../transport/errors.ts";

export interface OvhCredentials {
  endpoint: string;
  applicationKey: string;
  applicationSecret: string;
  consumerKey: string;
}

/** How long is waited; tests wait less. */
export interface Patience {
  /** Pauses before another attempt, in milliseconds. */
  pauses: readonly number[];
  /** How long one answer may take, in milliseconds. */
  timeout: number;
}

const PATIENCE: Patience = { pauses: [500, 1000, 2000, 4000, 8000], timeout: 20_000 };
/** Longest pause that an answer may ask for. */
const LONGEST_PAUSE_MS = 60_000;

/** A request that may have been carried out or not: whoever sent it has to look. */
export class Ambiguous extends HostError {}

/** There is no such thing. */
export class NotFound extends HostError {}

interface Refusal {
  errorCode?: string;
  class?: string;
  message?: string;
}

interface Answer extends Pick<Response, "ok" | "status" | "headers"> {
  body: unknown;
}

/** OVH's API. Every request is signed, with the time of OVH's own clock. */
export class OvhApi {
  readonly #credentials: OvhCredentials;
  readonly #patience: Patience;
  #clockDifference: Promise<number> | undefined;

  constructor(credentials: OvhCredentials, patience = PATIENCE) {
    this.#credentials = { ...credentials, endpoint: credentials.endpoint.replace(/\/+$/, "") };
    this.#patience = patience;
  }

  /**
   * One request. Rate limits are waited out; faults of the server and of the network too where the request can be sent
   * twice without harm.
   *
   * @throws Ambiguous when a request that cannot be repeated has failed without an answer that says how
   * @throws NotFound
   * @throws HostError with what is wrong and what to do
   */
  async request(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      const pause = this.#patience.pauses[attempt];
      const answer = await this.#send(method, path, body).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.ok) return answer.body;
      const refusal = answer instanceof Error ? {} : refusalOf(answer);
      if (!(answer instanceof Error) && answer.status === 404)
        throw new NotFound(explain(method, path, answer, refusal));
      if (refusal.errorCode === "QUERY_TIME_OUT") this.#clockDifference = undefined;
      const limited = !(answer instanceof Error) && (answer.status === 429 || refusal.errorCode === "QUERY_TIME_OUT");
      const broken = answer instanceof Error || answer.status >= 500;
      if (broken && method === "POST" && isCreation(path)) throw new Ambiguous(explain(method, path, answer, refusal));
      if (!(limited || broken) || pause === undefined) throw new HostError(explain(method, path, answer, refusal));
      await new Promise((resolve) => setTimeout(resolve, pauseOf(answer, pause)));
    }
  }

  /** With its body, which may be what does not come. */
  async #send(method: string, path: string, body: object | undefined): Promise<Answer> {
    const { endpoint, applicationKey, applicationSecret, consumerKey } = this.#credentials;
    const url = `${endpoint}${path}`;
    const text = body === undefined ? "" : JSON.stringify(body);
    const timestamp = Math.round(Date.now() / 1000) + (await this.#difference());
    const signed = [applicationSecret, consumerKey, method, url, text, timestamp].join("+");
    const answer = await fetch(url, {
      method,
      headers: {
        "Content-Type": "application/json",
        "X-Ovh-Application": applicationKey,
        "X-Ovh-Consumer": consumerKey,
        "X-Ovh-Timestamp": String(timestamp),
        "X-Ovh-Signature": `$1$${createHash("sha1").update(signed).digest("hex")}`,
      },
      signal: AbortSignal.timeout(this.#patience.timeout),
      ...(text !== "" && { body: text }),
    });
    const { ok, status, headers } = answer;
    const said = await answer.text();
    if (ok) return { ok, status, headers, body: said === "" ? null : JSON.parse(said) };
    return { ok, status, headers, body: parsed(said) };
  }

  /** Seconds that OVH's clock is ahead of this machine's. */
  #difference(): Promise<number> {
    this.#clockDifference ??= this.#askTime().catch((error) => {
      this.#clockDifference = undefined;
      throw error;
    });
    return this.#clockDifference;
  }

  async #askTime(): Promise<number> {
    const answer = await fetch(`${this.#credentials.endpoint}/auth/time`, {
      signal: AbortSignal.timeout(this.#patience.timeout),
    });
    if (!answer.ok) throw new Error(`its clock answers ${answer.status}`);
    return Number(await answer.text()) - Math.round(Date.now() / 1000);
  }
}

/** A record that is posted twice is there twice; a refresh may be asked for as often as one likes. */
function isCreation(path: string): boolean {
  return path.endsWith("/record");
}

/** What refuses may be a gateway, with a page. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pauseOf(answer: Answer | Error, pause: number): number {
  const seconds = answer instanceof Error ? 0 : Number(answer.headers.get("Retry-After") ?? 0);
  return Number.isFinite(seconds) ? Math.min(Math.max(pause, seconds * 1000), LONGEST_PAUSE_MS) : pause;
}

function refusalOf({ body }: Answer): Refusal {
  return typeof body === "object" && body !== null ? (body as Refusal) : {};
}

function explain(method: string, path: string, answer: Answer | Error, refusal: Refusal): string {
  const where = `${method} ${path}`;
  if (answer instanceof Error) {
    const reason = answer.cause instanceof Error ? answer.cause.message : answer.message;
    return `OVH's API does not answer (${where}): ${reason}. Look at the endpoint and at this machine's network; run it again.`;
  }
  const said = refusal.message ? `: ${refusal.message}` : "";
  const code = refusal.errorCode ?? refusal.class ?? "";
  const what = `${answer.status}${code && ` ${code}`} at ${where}${said}`;
  if (answer.status === 401 || answer.status === 403) {
    return (
      `OVH refuses the credentials (${what}). The application key, its secret and the consumer key have to belong ` +
      "together, and the consumer key needs GET, POST, PUT and DELETE on /domain/zone/*. Where they were changed in the " +
      "stack's secrets, run `up` once without a refresh, so that the state learns the new ones."
    );
  }
  if (answer.status === 404) return `OVH has nothing there (${what}). Is the zone in this account?`;
  if (answer.status === 429) return `OVH's rate limit is used up (${what}). Run it again in some minutes.`;
  if (answer.status >= 500) return `OVH's API is broken for the moment (${what}). Run it again.`;
  return `OVH's API refuses (${what}).`;
}
