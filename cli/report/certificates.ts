/** The certificates that the proxies of a platform really show, looked at over TLS. */
import { isIP } from "node:net";
import { connect, type PeerCertificate } from "node:tls";
import type { Platform } from "../plan-model/platform.ts";

export interface Certificate {
  hostname: string;
  host: string;
  /** Undefined where it could not be looked at; `problem` says why. */
  shown?: { issuer: string; from: string; until: string; trusted: boolean };
  problem?: string;
}

/**
 * Looks at the certificate of each route on its own host, whatever DNS says. Nobody has to be let in for that: a mesh-only
 * route shows its certificate, too, before it refuses.
 *
 * @param patience - Milliseconds for each.
 */
export function lookAtCertificates(platform: Platform, patience = 4000, port = 443): Promise<Certificate[]> {
  const wanted = platform.hosts.flatMap(({ name, address, routes }) =>
    [...new Set(routes.map(({ hostname }) => hostname))].map((hostname) => ({ host: name, address, hostname })),
  );
  return Promise.all(
    wanted.map(async ({ host, address, hostname }): Promise<Certificate> => {
      if (address === undefined) return { host, hostname, problem: "the host's address is not known yet" };
      try {
        return { host, hostname, shown: await certificateOf(address, hostname, patience, port) };
      } catch (error) {
        return { host, hostname, problem: (error as Error).message };
      }
    }),
  );
}

function certificateOf(address: string, hostname: string, patience: number, port: number) {
  return new Promise<NonNullable<Certificate["shown"]>>((resolve, reject) => {
    // Whether it is trusted is reported, so nothing is refused for it; nothing is sent over the connection either.
    const options = { host: address, port, rejectUnauthorized: false, timeout: patience };
    const socket = connect({ ...options, ...(isIP(hostname) === 0 && { servername: hostname }) });
    socket.once("secureConnect", () => {
      const found = socket.getPeerCertificate();
      const trusted = socket.authorized;
      socket.destroy();
      if (!found.valid_to) return reject(new Error("it shows no certificate"));
      const { valid_from: from, valid_to: until } = found;
      resolve({ issuer: issuerOf(found), from: moment(from), until: moment(until), trusted });
    });
    socket.once("timeout", () => socket.destroy(new Error("no answer")));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ECONNREFUSED" ? new Error("nothing listens there") : error),
    );
  });
}

function issuerOf({ issuer }: PeerCertificate): string {
  const [name] = [issuer.O ?? issuer.CN ?? "unknown"].flat();
  return name ?? "unknown";
}

const moment = (text: string): string => new Date(text).toISOString();
