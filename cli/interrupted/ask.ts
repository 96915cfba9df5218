import { UserError } from "../errors.ts";

/** An API that is asked what an interrupted run did there. */
export interface Api {
  /** For people: `Hetzner`. */
  name: string;
  /** Without a slash at its end. */
  endpoint: string;
  token: string;
  /** Where that token is from, for people: `hcloud.token`. */
  tokenFrom: string;
  /** @default fetch */
  request?: typeof fetch;
}

/**
 * What the API answers; undefined when there is no such thing.
 *
 * @throws UserError when it cannot be asked: then nothing is guessed.
 */
export async function ask(api: Api, path: string): Promise<unknown> {
  const { endpoint, token, request = fetch } = api;
  const options = { headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(15_000) };
  const answer = await request(`${endpoint}/${path}`, options)
    .then(async (found) => ({ ok: found.ok, status: found.status, body: found.ok ? await found.json() : undefined }))
    .catch((error: Error) => error);
  if (!(answer instanceof Error) && answer.ok) return answer.body;
  if (!(answer instanceof Error) && answer.status === 404) return undefined;
  const said = answer instanceof Error ? answer.message : `it answers ${answer.status}`;
  throw new UserError(
    `the last run was interrupted, and what it did at ${api.name} cannot be looked up at ${endpoint}/${path.split("?")[0]}: ${said}.`,
    `Run it again when the API can be reached with ${api.tokenFrom}.`,
  );
}
