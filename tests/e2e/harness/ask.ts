import { type Agent, request } from "node:https";

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Asks for a hostname at an address, as if DNS led there. An answer of whatever status is an answer. */
export function ask(
  address: string,
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer; ca?: string; agent?: Agent } = {},
): Promise<Answered> {
  const { hostname, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: address,
        servername: hostname,
        path: pathname + search,
        method: options.method ?? "GET",
        headers: { host: hostname, ...(!options.agent && { connection: "close" }), ...options.headers },
        // Certificates are asked about where an authority is given.
        ...(options.ca ? { ca: options.ca } : { rejectUnauthorized: false }),
        agent: options.agent ?? false,
        timeout: 15_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("silent for 15 s")));
    sent.on("error", reject);
    sent.end(options.body);
  });
}
