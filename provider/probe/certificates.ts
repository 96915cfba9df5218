import type { Session } from "../transport/session.ts";
import { q } from "../transport/shell.ts";

/** What an authority or a DNS vendor says can be long; its beginning tells. */
const LONGEST = 500;

interface Entry {
  level?: string;
  logger?: string;
  msg?: string;
  identifier?: string;
  error?: string;
}

/** Why Caddy could not get certificates, by hostname, as its log of the last while says. */
export async function issuingFaults(session: Session, container: string, seconds: number): Promise<string[]> {
  const log = `docker logs --since ${Math.ceil(seconds)}s ${q(container)} 2>&1 | grep '"logger":"tls.obtain"' | tail -n 100`;
  const { stdout } = await session.attempt(log);
  return parseIssuing(stdout);
}

/** A line for each hostname whose last attempt has failed. Pure. */
export function parseIssuing(log: string): string[] {
  const last = new Map<string, string | undefined>();
  for (const line of log.split("\n")) {
    const entry = entryOf(line);
    if (entry?.logger !== "tls.obtain" || entry.identifier === undefined) continue;
    if (entry.level === "error" && entry.error !== undefined) last.set(entry.identifier, entry.error);
    else if (entry.msg?.startsWith("certificate obtained")) last.set(entry.identifier, undefined);
  }
  return [...last].flatMap(([hostname, error]) =>
    error === undefined ? [] : [`  no certificate for ${hostname}: ${reasonOf(error, hostname)}`],
  );
}

function entryOf(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

/** Without the hostname, which is said already, and the order's address at the authority. */
function reasonOf(error: string, hostname: string): string {
  const plain = error.replaceAll(`[${hostname}] `, "").replace(/ \(order=\S+\)| \(ca=\S+\)/g, "");
  const said = plain.replace(/^Obtain: /, "").trim();
  return said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
}
