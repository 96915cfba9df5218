/** What is wrong with the APIs of a stack, asked when a run has failed: plugins pass on an API's words, without a remedy. */

/** An API whose plugin may have failed. */
export interface AskedApi {
  /** For people: `Hetzner`. */
  name: string;
  /** A question that changes nothing, and that every token may ask. */
  url: string;
  token: string;
  /** What to do about a token that is refused; a sentence. */
  otherToken: string;
  /** Where its faults are told of. */
  statusPage: string;
  /** @default fetch */
  request?: typeof fetch;
}

/** What is wrong with an API. */
export interface ApiFault {
  /** `refused`: the token is not accepted, so that nothing was done; `failing`: for now, whatever was asked. */
  kind: "refused" | "failing";
  /** One sentence or two, with what to do. Never holds the token. */
  message: string;
}

/** How long an answer is waited for. */
const PATIENCE_MS = 10_000;

export function hetznerApi(access: { endpoint: string; token: string }, stack: string): AskedApi {
  return {
    name: "Hetzner",
    url: `${access.endpoint}/locations?per_page=1`,
    token: access.token,
    otherToken: `Make one that reads and writes at console.hetzner.com > project > Security > API tokens, then ./quay secrets set ${stack} hcloud.token.`,
    statusPage: "https://status.hetzner.com",
  };
}

export function gitHubApi(access: { endpoint: string; token: string }): AskedApi {
  return {
    name: "GitHub",
    // Does not count.
    url: `${access.endpoint}/rate_limit`,
    token: access.token,
    otherToken:
      "Make another at github.com > Settings > Developer settings > Personal access tokens, and give it to the stack's GitHubAccount.",
    statusPage: "https://www.githubstatus.com",
  };
}

/** What is wrong with an API right now; undefined when it works. */
export async function faultOf({ request = fetch, ...api }: AskedApi): Promise<ApiFault | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await request(api.url, { headers: { Authorization: `Bearer ${api.token}` }, signal }).catch(
    (error: Error) => error,
  );
  const origin = new URL(api.url).origin;
  const failing = (message: string): ApiFault => ({ kind: "failing", message });
  if (answer instanceof Error) {
    return failing(`${api.name} does not answer at ${origin} (${reasonOf(answer)}). ${later(api)}`);
  }
  await answer.body?.cancel();
  if (answer.status === 401) {
    return { kind: "refused", message: `${api.name} does not accept the token. ${api.otherToken}` };
  }
  const reset = resetOf(answer);
  if (answer.status === 429 || reset !== undefined) {
    const when = reset === undefined ? "in an hour" : `after ${reset.toISOString().slice(0, 19)}Z`;
    return failing(
      `${api.name}'s limit of requests is reached. Run again ${when}; whatever else uses the token uses it up, too.`,
    );
  }
  return answer.status >= 500 ? failing(`${api.name} itself fails (${answer.status}). ${later(api)}`) : undefined;
}

function later({ statusPage }: AskedApi): string {
  return `${statusPage} may say why. Run again later: what was made stays, and the next run goes on from there.`;
}

/** When requests are allowed again, of an answer that says that none are left: GitHub tells that with a 200. */
function resetOf({ headers, status }: Response): Date | undefined {
  const of = (name: string) => headers.get(`RateLimit-${name}`) ?? headers.get(`X-RateLimit-${name}`);
  const reset = Number(of("Reset"));
  return (status === 429 || of("Remaining") === "0") && reset > 0 ? new Date(reset * 1000) : undefined;
}

/** `fetch failed` hides what it failed at. */
function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return `no answer in ${PATIENCE_MS / 1000} s`;
  const { code, message } = (error.cause ?? error) as { code?: string; message: string };
  return code ?? message;
}
