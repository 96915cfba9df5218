import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Cloud } from "../../../lab/api/cloud.ts";
import { testCloud } from "../../../lab/api/testing.ts";

/** The parts of the API that a stack's things are listed in. */
const LISTS = ["servers", "primaryIps", "volumes", "networks", "firewalls", "sshKeys", "placementGroups"] as const;

/** The lab's cloud API alone, for tests that need no machines: servers are there as soon as they are ordered. */
export interface EmulatedCloud {
  /** For the engine, the plugin and quay. */
  env: { HCLOUD_ENDPOINT: string; HCLOUD_TOKEN: string };
  cloud: Cloud;
  /** What a stack has, by list; as the API keeps it. */
  thingsOf(
    stack: string,
  ): Record<(typeof LISTS)[number], { labels: Record<string, string>; name: string; id: number }[]>;
  stop(): Promise<void>;
}

export async function startEmulatedCloud(): Promise<EmulatedCloud> {
  // The real plugin wants a token of this length.
  const token = "e2e".padEnd(64, "0");
  const { app, cloud } = testCloud({ token });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, () => resolve(started));
  });
  const { port } = server.address() as AddressInfo;
  const list = (name: (typeof LISTS)[number], stack: string) =>
    Object.values(cloud.state[name]).filter(({ labels }) => labels["stack"] === stack);
  return {
    env: { HCLOUD_ENDPOINT: `http://127.0.0.1:${port}/v1`, HCLOUD_TOKEN: token },
    cloud,
    thingsOf: (stack) =>
      Object.fromEntries(LISTS.map((name) => [name, list(name, stack)])) as ReturnType<EmulatedCloud["thingsOf"]>,
    async stop() {
      await cloud.actions.idle();
      await new Promise((resolve) => {
        server.close(resolve);
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    },
  };
}
