/** The one comment of a pull request, over GitHub's API. */
import { fetchWhole } from "../../provider/fetch-whole.ts";
import { UserError } from "../errors.ts";

export interface Repository {
  /** `https://api.github.com`, or that of an own GitHub. */
  api: string;
  /** `owner/name` */
  repository: string;
  /** May write to pull requests. */
  token: string;
  /** How long is waited; tests wait less. */
  patience?: { answer: number; firstPause: number };
}

interface Comment {
  id: number;
  body?: string;
  user?: { login: string; type: string } | null;
}

export interface Posted {
  id: number;
  url: string;
  /** Whether there was one already. */
  updated: boolean;
}

/**
 * Writes the comment, or replaces what it says: the first one of a bot that begins with `marker`. What a person wrote is
 * never touched, even when it begins so.
 *
 * @throws UserError when GitHub refuses, with its words.
 */
export async function putComment(on: Repository, pullRequest: number, marker: string, body: string): Promise<Posted> {
  const path = `/repos/${on.repository}/issues/${pullRequest}/comments`;
  const existing = await findComment(on, path, marker);
  const request = existing
    ? { method: "PATCH", path: `/repos/${on.repository}/issues/comments/${existing.id}` }
    : { method: "POST", path };
  const answer = await call(on, request.method, request.path, { body });
  const { id, html_url: url } = (await answer.json()) as { id: number; html_url: string };
  return { id, url, updated: existing !== undefined };
}

async function findComment(on: Repository, path: string, marker: string): Promise<Comment | undefined> {
  for (let page = 1; ; page++) {
    const answer = await call(on, "GET", `${path}?per_page=100&page=${page}`);
    const comments = (await answer.json()) as Comment[];
    const found = comments.find(({ body, user }) => user?.type === "Bot" && body?.startsWith(marker));
    if (found || comments.length < 100) return found;
  }
}

/**
 * The open pull request whose newest commit this is; undefined when there is none (it was closed, or has newer commits,
 * whose own preview follows).
 *
 * @param head - `owner:branch`, of the fork where it comes from one.
 */
export async function pullRequestOf(on: Repository, head: string, commit: string): Promise<number | undefined> {
  const query = new URLSearchParams({ state: "open", head, per_page: "100" });
  const answer = await call(on, "GET", `/repos/${on.repository}/pulls?${query}`);
  const pulls = (await answer.json()) as { number: number; head: { sha: string } }[];
  return pulls.find(({ head: { sha } }) => sha === commit)?.number;
}

const TRIES = 4;
/** Of one answer, and before the second try: twice as long before each further one. In milliseconds. */
const PATIENCE = { answer: 30_000, firstPause: 1000 };

async function call(on: Repository, method: string, path: string, body?: object): Promise<Response> {
  const { firstPause } = on.patience ?? PATIENCE;
  for (let attempt = 1; ; attempt++) {
    const answer = await send(on, method, path, body);
    if (answer?.ok) return answer;
    const limited = answer?.status === 429 || (answer?.status === 403 && answer.headers.has("retry-after"));
    const passing = answer === undefined || answer.status >= 500 || limited;
    if (!passing || attempt === TRIES) throw await refusal(method, path, answer);
    const wanted = answer?.headers.get("retry-after");
    const pause = wanted ? Number(wanted) * 1000 : firstPause * 2 ** (attempt - 1);
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, 60_000)));
  }
}

/** Undefined when nobody answered, or not to the end. */
function send(on: Repository, method: string, path: string, body?: object): Promise<Response | undefined> {
  return fetchWhole(`${on.api}${path}`, {
    method,
    headers: {
      Accept: "application/vnd.github+json",
      Authorization: `Bearer ${on.token}`,
      "X-GitHub-Api-Version": "2022-11-28",
      "User-Agent": "quayside",
      ...(body && { "Content-Type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout((on.patience ?? PATIENCE).answer),
  }).catch(() => undefined);
}

async function refusal(method: string, path: string, answer: Response | undefined): Promise<UserError> {
  const request = `GitHub: ${method} ${path.replace(/\?.*/, "")}`;
  if (!answer)
    return new UserError(`${request} was not answered.`, "Run it again later; https://www.githubstatus.com says more.");
  const text = await answer.text();
  const message = /"message":\s*"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 200);
  const remedy =
    answer.status === 401 || answer.status === 403 || answer.status === 404
      ? "The token needs `pull-requests: write` on this repository."
      : undefined;
  return new UserError(`${request} was answered ${answer.status}: ${message}`, remedy);
}
