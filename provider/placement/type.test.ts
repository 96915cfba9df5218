import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Session } from "../transport/session.ts";
import { placementType } from "./type.ts";

/** The three collections that a placement looks at, as the real API answers them. */
const api = { servers: [] as { name: string }[], available: [1, 2] };
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
  const bodies: Record<string, object> = {
    "/v1/servers": { servers: api.servers.filter(({ name }) => name === searchParams.get("name")) },
    "/v1/server_types": { server_types: ["cx23", "cpx22"].map((name, index) => ({ id: index + 1, name })) },
    "/v1/datacenters": { datacenters: [{ location: { name: "fsn1" }, server_types: { available: api.available } }] },
  };
  const known = request.headers.authorization === "Bearer good";
  response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
  response.end(JSON.stringify(known ? bodies[pathname] : { error: { code: "unauthorized" } }));
});
const session = { progress: () => {}, fail: (message: string) => new Error(message) } as unknown as Session;
const host = { name: "deployer", address: "localhost" };
const wanted = {
  host,
  server: "prod-apps",
  types: ["cx23", "cpx22"],
  locations: ["fsn1"],
  token: "good",
  endpoint: "",
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  wanted.endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`;
});
afterAll(() => void server.close());
beforeEach(() => {
  api.servers = [];
  api.available = [1, 2];
});

const decide = (observed?: Awaited<ReturnType<typeof placementType.observe>>) =>
  placementType.apply(session, wanted, observed, observed);

test("takes the first type that is available, and the next one where it is not", async () => {
  expect(await decide()).toMatchObject({ type: "cx23", location: "fsn1" });
  api.available = [2];
  expect(await decide()).toMatchObject({ type: "cpx22", location: "fsn1" });
});

test("a decision stays while its server is there, whatever is available", async () => {
  const decided = await decide();
  api.servers = [{ name: "prod-apps" }];
  api.available = [];
  expect(await placementType.observe(session, wanted, decided)).toEqual(decided);
});

test("a decision whose server could not be made is open again for a refresh", async () => {
  const decided = await decide();
  expect(await placementType.observe(session, wanted, decided)).toEqual(decided);
  api.available = [2];
  expect(await placementType.observe(session, wanted, decided)).toBeUndefined();
});

test("nothing available is an error that says what was wanted", async () => {
  api.available = [];
  await expect(decide()).rejects.toThrow("none of the server types cx23, cpx22 is available in fsn1");
});

test("a refused token is an error that names the remedy, not the token", async () => {
  const attempt = placementType.apply(session, { ...wanted, token: "wrong-token" }, undefined, undefined);
  await expect(attempt).rejects.toThrow(/refuses the token .*hcloud\.token/);
  await expect(attempt).rejects.not.toThrow("wrong-token");
});
