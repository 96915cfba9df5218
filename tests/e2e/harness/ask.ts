import { type Agent, request } from "node:https";

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer;
  ca?: string;
  agent?: Agent;
  /** Sent as it is, instead of the URL's path, which is tidied up. */
  rawPath?: string;
  /** How often to ask again when the connection breaks before there is an answer. @default never */
  resend?: number;
}

/** Asks for a hostname at an address, as if DNS led there. An answer of whatever status is an answer. */
export async function ask(address: string, url: string, options: Question = {}): Promise<Answered> {
  for (let left = options.resend ?? 0; ; left--) {
    try {
      return await askOnce(address, url, options);
    } catch (error) {
      const broken = ["ECONNRESET", "EPIPE"].includes((error as NodeJS.ErrnoException).code ?? "");
      if (!broken || left === 0) throw error;
    }
  }
}

function askOnce(address: string, url: string, options: Question): Promise<Answered> {
  const { hostname, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: address,
        servername: hostname,
        path: options.rawPath ?? pathname + search,
        method: options.method ?? "GET",
        headers: { host: hostname, ...(!options.agent && { connection: "close" }), ...options.headers },
        // Certificates are asked about where an authority is given.
        ...(options.ca ? { ca: options.ca } : { rejectUnauthorized: false }),
        agent: options.agent ?? false,
        timeout: 15_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        const answer = () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", answer);
        // Who refuses a body closes while it is still being sent: the answer counts, not the failed write after it.
        if (response.headers["content-length"] === "0") answer();
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("silent for 15 s")));
    sent.on("error", reject);
    sent.end(options.body);
  });
}
