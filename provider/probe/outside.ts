import type { RequestOptions } from "node:https";
import { type Answer, judge, REFUSAL, unanswered } from "./answer.ts";
import type { ProbedRequest } from "./inputs.ts";

const TIMEOUT_MS = 10_000;

/** Asks from this machine, at a given address, whatever DNS says of the hostname. */
export async function askOutside(request: ProbedRequest, address: string, trust: string): Promise<Answer> {
  const { request: open } = await import("node:https");
  const { hostname, path, method, header } = request;
  const options: RequestOptions = {
    host: address,
    port: 443,
    servername: hostname,
    path,
    method,
    agent: false,
    // Asked for afterwards: whether a route refuses has nothing to do with whose certificate it shows.
    rejectUnauthorized: false,
    ...(trust.startsWith("-----") && { ca: trust }),
    headers: { host: hostname, "user-agent": "quayside-probe", ...(header && { [header.name]: header.value }) },
    timeout: TIMEOUT_MS,
  };
  return new Promise((resolve) => {
    const sent = open(options, (response) => {
      const socket = response.socket as import("node:tls").TLSSocket;
      const fault = trust === "any" || socket.authorized ? undefined : String(socket.authorizationError);
      const refusal = response.headers[REFUSAL];
      resolve(judge(response.statusCode ?? 0, Array.isArray(refusal) ? refusal[0] : refusal, fault));
      response.destroy();
    });
    sent.on("timeout", () => sent.destroy(new Error(`silent for ${TIMEOUT_MS / 1000} s`)));
    sent.on("error", (error: NodeJS.ErrnoException) => resolve(unanswered(reasonOf(error))));
    sent.end();
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset",
    EHOSTUNREACH: "host unreachable",
    ENETUNREACH: "network unreachable",
    ETIMEDOUT: "connection timed out",
  };
  if (error.code?.startsWith("ERR_SSL")) return "no certificate for this hostname yet, or TLS refused";
  return known[error.code ?? ""] ?? error.message;
}
