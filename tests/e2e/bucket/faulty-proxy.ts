import http from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a request instead of being answered. */
export type Fault =
  /** The connection breaks before the server hears of it. */
  | "reset"
  /** The server does it, and its answer gets lost. */
  | "lost answer"
  /** Nothing, for ever. */
  | "silence"
  /** An answer that begins and does not end. */
  | "half an answer"
  | { status: number; code: string };

/** Stands in front of an S3 server. `fault` says for each request what happens to it; undefined lets it through. */
export class FaultyProxy {
  readonly endpoint: string;
  fault: (request: { method: string; path: string; query: string }) => Fault | undefined = () => undefined;
  /** Every request, as `PUT /bucket?cors`. */
  readonly seen: string[] = [];
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(target: string): Promise<FaultyProxy> {
    let proxy: FaultyProxy | undefined;
    const server = http.createServer((request, response) => proxy?.handle(request, response, target));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    proxy = new FaultyProxy(server);
    return proxy;
  }

  handle(request: http.IncomingMessage, response: http.ServerResponse, target: string): void {
    const { method = "", url = "", headers } = request;
    const [path = "", query = ""] = url.split("?");
    this.seen.push(`${method} ${url}`);
    const fault = this.fault({ method, path, query });
    if (fault === "silence") return;
    if (fault === "half an answer") {
      response.writeHead(200, { "content-type": "application/xml", "content-length": "100" }).write("<");
      return;
    }
    if (fault === "reset") {
      request.socket.destroy();
      return;
    }
    if (typeof fault === "object") {
      const body = `<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>injected</Message></Error>`;
      request.resume().on("end", () => {
        response.writeHead(fault.status, { "content-type": "application/xml" }).end(body);
      });
      return;
    }
    // The Host header stays as it was signed.
    const onward = http.request(target, { method, path: url, headers }, (answer) => {
      if (fault === "lost answer") request.socket.destroy();
      else answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    onward.on("error", () => request.socket.destroy());
    request.pipe(onward);
  }

  /** Ends it, with every connection it has. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Faults for the first requests that `which` fits, one after the other; everything else passes. */
export function firstOnes(faults: readonly Fault[], which: (request: { method: string; query: string }) => boolean) {
  const left = [...faults];
  return (request: { method: string; query: string }): Fault | undefined => (which(request) ? left.shift() : undefined);
}
