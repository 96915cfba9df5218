import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Deployment } from "./interrupted/pending.ts";
import { apisOf, isSilent, watchSilence } from "./silent-apis.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function listen(server: Server): Promise<string> {
  servers.push(server.unref());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
const silent = () => listen(createServer((socket) => socket.unref().resume()));
const refusing = () => listen(createHttpServer((_, response) => response.writeHead(401).end()));

const stateOf = (endpoint: string, pending: readonly string[] = []): Deployment => ({
  deployment: {
    resources: [{ urn: "provider", type: "pulumi:providers:hcloud", inputs: { endpoint } }],
    pending_operations: pending.map((type) => ({ type: "creating", resource: { urn: type, type } })),
  },
});

test("an API is waited for when something there is under way, or nothing anywhere", () => {
  const waits = (...pending: string[]) => apisOf(stateOf("http://a.example/v1", pending)).map((api) => api.waitedFor);
  expect(waits()).toEqual([true]);
  expect(waits("quayside:host:File", "hcloud:index/server:Server")).toEqual([true]);
  expect(waits("quayside:host:File")).toEqual([false]);
});

test("whoever answers is not silent, whatever the answer; nor is who cannot be reached", async () => {
  expect(await isSilent(await silent(), 30)).toBe(true);
  expect(await isSilent(await refusing(), 5000)).toBe(false);
  expect(await isSilent("http://127.0.0.1:1/", 5000)).toBe(false);
});

/** What is said until the run is over or `enough` looks were taken; how often it was interrupted. */
async function watched(states: readonly Deployment[], enough: number): Promise<{ said: string[]; interrupts: number }> {
  const said: string[] = [];
  let [looks, interrupts] = [0, 0];
  await new Promise<void>((done) => {
    const watching = watchSilence(
      {
        state: async () => {
          looks += 1;
          if (looks > enough) end();
          return states[Math.min(looks, states.length) - 1] as Deployment;
        },
        say: (line) => said.push(line),
        interrupt: () => {
          interrupts += 1;
          if (interrupts === 2) end();
        },
      },
      { firstLook: 1, pause: 1, answer: 20, silence: 50, grace: 1 },
    );
    const keepAlive = setInterval(() => {}, 1000);
    const end = () => {
      watching.stop();
      clearInterval(keepAlive);
      done();
    };
  });
  return { said, interrupts };
}

test("a run that waits for silence is told so, and ended after a while", async () => {
  const { said, interrupts } = await watched([stateOf(await silent())], 100);
  expect(said).toEqual([
    expect.stringMatching(/^Hetzner takes requests at http:\/\/127.0.0.1:\d+ and does not answer them\. /),
    expect.stringMatching(/^Hetzner has not answered at http:\/\/127.0.0.1:\d+ for 0.05 s, so this run is ended\. /),
  ]);
  expect(interrupts).toBe(2);
});

test("a run whose API answers, or that is busy elsewhere at times, goes on", async () => {
  const endpoint = await silent();
  const elsewhere = stateOf(endpoint, ["quayside:host:File"]);
  expect(await watched([stateOf(await refusing())], 10)).toEqual({ said: [], interrupts: 0 });
  const alternating = Array.from({ length: 10 }, (_, index) => (index % 2 ? elsewhere : stateOf(endpoint)));
  expect((await watched([...alternating, elsewhere], 12)).interrupts).toBe(0);
});
