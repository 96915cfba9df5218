import { serve } from "@hono/node-server";
import type { Hono } from "hono";

/** An emulated service that listens on this machine, for clients that need a real address. */
export interface Listening {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  close(): Promise<void>;
}

/** @param port @default one that is free */
export async function listen(app: Hono, port = 0): Promise<Listening> {
  const { server, taken } = await new Promise<{ server: ReturnType<typeof serve>; taken: number }>((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port, overrideGlobalObjects: false }, (info) =>
      resolve({ server, taken: info.port }),
    );
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${taken}`, close };
}
