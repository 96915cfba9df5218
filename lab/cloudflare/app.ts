/** Cloudflare's API v4, as far as names and Workers go, for the official clients. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, Hono, type Next } from "hono";
import { Faults } from "../api/faults.ts";
import { CloudflareError, failed, succeeded } from "./envelope.ts";
import { type DnsRecord, recordRoutes } from "./records.ts";
import { type Script, scriptRoutes, type WorkerRoute, workerRouteRoutes } from "./workers.ts";
import { type Zone, zoneRoutes } from "./zones.ts";

export interface CloudflareState {
  account: string;
  zones: Zone[];
  records: DnsRecord[];
  scripts: Script[];
  routes: WorkerRoute[];
}

/** An emulated Cloudflare; tests look into it. */
export interface Cloudflare {
  app: Hono;
  state: CloudflareState;
  faults: Faults;
  /** Requests so far, `GET /zones`. */
  requests: string[];
}

const PREFIX = "/client/v4";

/** Ids are 32 hexadecimal digits. */
export function newId(): string {
  return randomBytes(16).toString("hex");
}

/** @param token that is let in, for everything */
export function createCloudflare(token: string, account = newId()): Cloudflare {
  const state: CloudflareState = { account, zones: [], records: [], scripts: [], routes: [] };
  const faults = new Faults();
  const requests: string[] = [];
  const app = new Hono();
  app.onError((error, c) =>
    failed(c, error instanceof CloudflareError ? error : new CloudflareError(500, 10_000, error.message)),
  );
  app.notFound((c) =>
    failed(
      c,
      new CloudflareError(
        404,
        7003,
        `Could not route to ${c.req.path.replace(PREFIX, "")}, perhaps your object identifier is invalid?`,
      ),
    ),
  );
  app.use(async (c, next) => {
    const request = `${c.req.method} ${c.req.path.replace(PREFIX, "")}`;
    requests.push(request);
    const slow = faults.takeSlow(request);
    if (slow) await sleep(slow.delayMs);
    const fault = faults.takeHttp(request);
    // `done` faults lose the answer of a request that was carried out.
    if (fault?.code === "done") await next();
    if (fault) return injected(fault.status);
    return next();
  });
  app.use(`${PREFIX}/*`, requireToken(token));
  app.get(`${PREFIX}/user/tokens/verify`, (c) => succeeded(c, { id: newId(), status: "active" }));
  app.route(`${PREFIX}/zones`, zoneRoutes(state));
  app.route(`${PREFIX}/zones/:zone/dns_records`, recordRoutes(state));
  app.route(`${PREFIX}/zones/:zone/workers/routes`, workerRouteRoutes(state));
  app.route(`${PREFIX}/accounts/:account/workers/scripts`, scriptRoutes(state));
  return { app, state, faults, requests };
}

function injected(status: number): Response {
  if (status === 429) {
    const fault = { code: 971, message: "Please wait and consider throttling your request speed" };
    const answer = JSON.stringify({ success: false, errors: [fault], messages: [], result: null });
    return new Response(answer, { status, headers: { "Retry-After": "1", "Content-Type": "application/json" } });
  }
  // What stands before the API answers with a page.
  return new Response(`<html><body>error ${status}</body></html>`, {
    status,
    headers: { "Content-Type": "text/html" },
  });
}

function requireToken(token: string) {
  return async (c: Context, next: Next) => {
    const said = c.req.header("Authorization") ?? "";
    if (said === `Bearer ${token}`) return next();
    if (!/^Bearer [\w-]+$/.test(said)) {
      return failed(
        c,
        new CloudflareError(400, 6003, "Invalid request headers", [
          { code: 6111, message: "Invalid format for Authorization header" },
        ]),
      );
    }
    return failed(c, new CloudflareError(403, 10_000, "Authentication error"));
  };
}
