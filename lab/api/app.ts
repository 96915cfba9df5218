import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono, type Next } from "hono";
import type { Cloud } from "./cloud.ts";
import { ApiError } from "./errors.ts";
import type { Broken } from "./faults.ts";
import { actionRoutes } from "./routes/actions.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { firewallRoutes } from "./routes/firewalls.ts";
import { labRoutes } from "./routes/lab.ts";
import { networkRoutes } from "./routes/networks.ts";
import { placementGroupRoutes } from "./routes/placement-groups.ts";
import { primaryIpRoutes } from "./routes/primary-ips.ts";
import { serverRoutes } from "./routes/servers.ts";
import { sshKeyRoutes } from "./routes/ssh-keys.ts";
import { volumeRoutes } from "./routes/volumes.ts";
import { zoneRoutes } from "./routes/zones.ts";
import { registerWork } from "./work.ts";

interface ApiEnv {
  /** Absent where requests do not come over a socket. */
  Bindings: Partial<HttpBindings>;
}

/** The whole HTTP interface: `/v1` as the real cloud has it, `/_lab` for tests. Both need the token. */
export function createApp(cloud: Cloud, token: string): Hono {
  registerWork(cloud);
  const app = new Hono();
  app.use(requireToken(token));
  app.use("/v1/*", account(cloud));
  app.route("/v1/servers", serverRoutes(cloud));
  app.route("/v1/ssh_keys", sshKeyRoutes(cloud));
  app.route("/v1/primary_ips", primaryIpRoutes(cloud));
  app.route("/v1/volumes", volumeRoutes(cloud));
  app.route("/v1/networks", networkRoutes(cloud));
  app.route("/v1/firewalls", firewallRoutes(cloud));
  app.route("/v1/placement_groups", placementGroupRoutes(cloud));
  app.route("/v1/zones", zoneRoutes(cloud));
  app.route("/v1/actions", actionRoutes(cloud));
  app.route("/v1", catalogueRoutes(cloud));
  app.route("/_lab", labRoutes(cloud));
  app.notFound((c) =>
    answer(c, new ApiError(404, "not_found", `${c.req.method} ${c.req.path} is no endpoint of the API`)),
  );
  app.onError((error, c) => {
    if (error instanceof ApiError) return answer(c, error);
    cloud.log(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return answer(c, new ApiError(500, "server_error", error.message));
  });
  return app;
}

function answer(c: Context, error: ApiError): Response {
  return c.json(error.body(), error.status as 400);
}

function requireToken(token: string) {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return async (c: Context, next: Next) => {
    if (!timingSafeEqual(digest(c.req.header("Authorization") ?? ""), expected)) {
      return answer(c, new ApiError(401, "unauthorized", "unable to authenticate"));
    }
    return next();
  };
}

/** Counts the request against the budget and lets armed faults have their way. */
function account(cloud: Cloud) {
  return async (c: Context<ApiEnv>, next: Next) => {
    const request = `${c.req.method} ${c.req.path}`;
    const allowed = cloud.rateLimit.take();
    for (const [name, value] of Object.entries(cloud.rateLimit.headers())) c.header(name, value);
    c.header("X-Correlation-Id", randomUUID().replaceAll("-", "").slice(0, 16));
    if (!allowed) {
      const message = `limit of ${cloud.rateLimit.limit} requests per hour reached`;
      return answer(c, new ApiError(429, "rate_limit_exceeded", message));
    }
    const slow = cloud.faults.takeSlow(request);
    if (slow) await sleep(slow.delayMs);
    const fault = cloud.faults.takeBroken(request);
    if (!fault) return next();
    if (fault.after) await next();
    c.res = undefined;
    c.res = broken(c, fault);
  };
}

/** In place of the answer, if there is one already. */
function broken(c: Context<ApiEnv>, fault: Broken): Response {
  if (fault.kind === "hang-up") {
    c.env.incoming?.socket.destroy();
    return c.text("hung up", 502);
  }
  // A gateway that gives up does not speak the API's own language.
  if (fault.status === 502 && fault.code === undefined) return c.text("Bad Gateway", 502);
  return answer(c, new ApiError(fault.status, fault.code ?? defaultCode(fault.status), "injected fault"));
}

function defaultCode(status: number): string {
  const codes: Record<number, string> = { 409: "conflict", 423: "locked", 429: "rate_limit_exceeded", 504: "timeout" };
  return codes[status] ?? (status >= 500 ? "server_error" : "invalid_input");
}
