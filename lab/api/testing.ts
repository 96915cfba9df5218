/** A cloud on fake machines, and a client for it; used by the unit tests of this folder. */
import type { Hono } from "hono";
import { createApp } from "./app.ts";
import { type Cloud, createCloud } from "./cloud.ts";
import { FakeDriver } from "./fake-driver.ts";
import type { RateLimit } from "./ratelimit.ts";
import { Store } from "./store.ts";

export const TEST_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5p2SVkmPaIw1u0p8qTz3E0nX9bYc0o1m2d3e4f5g6h test@example.org";

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a client does.
export type Json = any;

export interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

export interface TestCloud {
  cloud: Cloud;
  driver: FakeDriver;
  app: Hono;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Calls, expects success, and waits until all actions have ended. */
  done(method: string, path: string, body?: unknown): Promise<Json>;
}

export function testCloud(
  options: { file?: string; driver?: FakeDriver; rateLimit?: RateLimit; token?: string } = {},
): TestCloud {
  const token = options.token ?? "secret";
  const driver = options.driver ?? new FakeDriver();
  const store = new Store(options.file ?? null, 1000);
  const rateLimit = options.rateLimit ? { rateLimit: options.rateLimit } : {};
  const cloud = createCloud({ store, driver, subnet: 9, lockPatienceMs: 0, log: () => {}, ...rateLimit });
  const app = createApp(cloud, token);
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const url = path.startsWith("/_lab") ? path : `/v1${path}`;
    const response = await app.request(url, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text), headers: response.headers };
  };
  const done = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await call(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    await cloud.actions.idle();
    return answer.body;
  };
  return { cloud, driver, app, call, done };
}

export const aServer = (name: string, more: object = {}) => ({
  name,
  server_type: "cx23",
  image: "debian-13",
  location: "fsn1",
  ...more,
});
