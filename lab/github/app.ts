import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono, type Next } from "hono";
import { etag } from "hono/etag";
import { GitHubError, notFound } from "./errors.ts";
import { type Broken, Faults } from "./faults.ts";
import { RateLimit } from "./rate-limit.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { actionsRoutes } from "./routes/actions.ts";
import { branchPolicyRoutes, environmentRoutes } from "./routes/environments.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { keyRoutes } from "./routes/keys.ts";
import { labRoutes } from "./routes/lab.ts";
import { labelRoutes } from "./routes/labels.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { rulesetRoutes } from "./routes/rulesets.ts";
import type { Access, GitHubState } from "./state.ts";

/** REST paths begin so, as at a GitHub Enterprise Server; clients are told with their base URL. */
export const REST = "/api/v3";

export interface GitHubEnv {
  Variables: { access: Access };
  /** Absent where requests do not come over a socket. */
  Bindings: Partial<HttpBindings>;
}

export interface GitHubApp {
  state: GitHubState;
  faults: Faults;
  rateLimit: RateLimit;
  app: Hono<GitHubEnv>;
}

/** The whole HTTP interface: GitHub's REST API below {@link REST}, `/_lab` for tests. */
export function createGitHub(state: GitHubState): GitHubApp {
  const faults = new Faults();
  const rateLimit = new RateLimit();
  const rest = new Hono<GitHubEnv>();
  rest.use(authenticate(state));
  rest.use(account(rateLimit));
  rest.use(misbehave(faults, rateLimit));
  rest.use(etag({ weak: true }));
  rest.get("/rate_limit", (c) => c.json({ resources: { core: rateLimit.state() }, rate: rateLimit.state() }));
  rest.route("/", accountRoutes(state));
  rest.route("/", repositoryRoutes(state));
  for (const routes of [labelRoutes, hookRoutes, keyRoutes, rulesetRoutes]) {
    rest.route("/repos/:owner/:repo", routes(state));
  }
  // Environments are reached by name and, from older clients, by the repository's id.
  for (const base of ["/repos/:owner/:repo", "/repositories/:id"]) {
    rest.route(base, environmentRoutes(state));
    rest.route(base, branchPolicyRoutes(state));
    rest.route(base, actionsRoutes(state));
  }
  const app = new Hono<GitHubEnv>();
  app.route(REST, rest);
  app.route("/_lab", labRoutes(faults));
  app.notFound((c) => answer(c, notFound()));
  app.onError((error, c) => answer(c, error instanceof GitHubError ? error : new GitHubError(500, error.message)));
  return { state, faults, rateLimit, app };
}

function answer(c: Context, error: GitHubError): Response {
  return c.json(error.body(), error.status as 400);
}

function authenticate(state: GitHubState) {
  return async (c: Context<GitHubEnv>, next: Next) => {
    const [, token] = /^(?:Bearer|token) (.+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
    if (token === undefined) return answer(c, new GitHubError(401, "Requires authentication"));
    const access = state.options.tokens[token];
    if (!access) return answer(c, new GitHubError(401, "Bad credentials"));
    if (access.role === "read" && c.req.method !== "GET") {
      return answer(c, new GitHubError(403, "Resource not accessible by personal access token"));
    }
    c.set("access", access);
    return next();
  };
}

function account(rateLimit: RateLimit) {
  return async (c: Context, next: Next) => {
    // Asking for the limit does not count.
    const allowed = c.req.path === `${REST}/rate_limit` || rateLimit.take();
    for (const [name, value] of Object.entries(rateLimit.headers())) c.header(name, value);
    if (!allowed) return answer(c, limitReached(403));
    return next();
  };
}

function limitReached(status: number): GitHubError {
  return new GitHubError(status, "API rate limit exceeded for user ID 1.", undefined, `${DOCS}#primary-rate-limit`);
}

const DOCS = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api";

function misbehave(faults: Faults, rateLimit: RateLimit) {
  return async (c: Context<GitHubEnv>, next: Next) => {
    const fault = faults.take(`${c.req.method} ${c.req.path.slice(REST.length)}`);
    if (!fault) return next();
    switch (fault.kind) {
      case "slow":
        await sleep(fault.delayMs);
        return next();
      case "secondary-limit":
        c.header("Retry-After", String(fault.retryAfterSeconds));
        return answer(c, secondaryLimit(fault.status));
      case "primary-limit":
        rateLimit.useUp(fault.resetSeconds);
        for (const [name, value] of Object.entries(rateLimit.headers())) c.header(name, value);
        return answer(c, limitReached(fault.status));
      default:
        if (fault.after) await next();
        broken(c, fault);
    }
  };
}

function secondaryLimit(status: number): GitHubError {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return new GitHubError(status, message, undefined, `${DOCS}#about-secondary-rate-limits`);
}

/** In place of the answer, if there is one already. */
function broken(c: Context<GitHubEnv>, fault: Broken): void {
  c.res = undefined;
  if (fault.kind === "hang-up") c.env.incoming?.socket.destroy();
  const status = fault.kind === "http" ? fault.status : 502;
  c.res = answer(c, new GitHubError(status, fault.kind === "http" ? fault.message : "hung up"));
}
