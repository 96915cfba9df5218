/** An API that does to each request what a test says, and then nothing but answer `{}`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Scripted =
  /** The request is taken, and never answered. */
  | "silence"
  /** The answer begins and does not end. */
  | "half an answer"
  | { status: number; headers?: Record<string, string>; body?: unknown };

export interface ScriptedApi {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** What becomes of the next requests. */
  script: Scripted[];
  /** When each request came, in milliseconds since 1970. */
  times: number[];
  close(): Promise<void>;
}

export async function startScriptedApi(): Promise<ScriptedApi> {
  const script: Scripted[] = [];
  const times: number[] = [];
  const server = createServer((request, response) => {
    request.resume();
    times.push(Date.now());
    const next = script.shift() ?? { status: 200 };
    if (next === "silence") return;
    if (next === "half an answer") {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write("{");
      return;
    }
    response.writeHead(next.status, { "content-type": "application/json", ...next.headers });
    response.end(JSON.stringify(next.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script,
    times,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
