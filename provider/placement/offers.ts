import { HostError } from "../transport/errors.ts";
import type { Offers } from "./plan.ts";

/** How long is waited; tests wait less. */
export interface Patience {
  /** Pauses before another attempt, in milliseconds. */
  pauses: readonly number[];
  /** How long one answer may take, in milliseconds. */
  timeout: number;
}

const PATIENCE: Patience = { pauses: [500, 1000, 2000, 4000, 8000], timeout: 15_000 };

interface ServerType {
  id: number;
  name: string;
}

interface Datacenter {
  location: { name: string };
  server_types: { available: number[] };
}

/** Asks Hetzner which server types each location has right now. */
export async function fetchOffers(endpoint: string, token: string, patience = PATIENCE): Promise<Offers> {
  const [types, datacenters] = await Promise.all([
    list<ServerType>({ endpoint, token, patience }, "server_types"),
    list<Datacenter>({ endpoint, token, patience }, "datacenters"),
  ]);
  const names = new Map(types.map((type) => [type.id, type.name]));
  const offers = new Map<string, Set<string>>();
  for (const datacenter of datacenters) {
    const here = offers.get(datacenter.location.name) ?? new Set();
    for (const id of datacenter.server_types.available) here.add(names.get(id) ?? "");
    offers.set(datacenter.location.name, here);
  }
  return offers;
}

/** Whether the project has a server of that name. */
export async function serverExists(
  endpoint: string,
  token: string,
  name: string,
  patience = PATIENCE,
): Promise<boolean> {
  return (await list({ endpoint, token, patience }, "servers", `&name=${encodeURIComponent(name)}`)).length > 0;
}

interface Access {
  endpoint: string;
  token: string;
  patience: Patience;
}

async function list<Item>(access: Access, what: string, filter = ""): Promise<Item[]> {
  const items: Item[] = [];
  for (let page: number | null = 1; page !== null; ) {
    const body: Record<string, unknown> = await get(access, `${what}?per_page=50&page=${page}${filter}`);
    items.push(...(body[what] as Item[]));
    page = (body.meta as { pagination?: { next_page: number | null } } | undefined)?.pagination?.next_page ?? null;
  }
  return items;
}

interface Answer {
  status: number;
  /** Of one that is no refusal. */
  body?: Record<string, unknown>;
}

/** One request; rate limits and the server's own faults are waited out. */
async function get(access: Access, path: string): Promise<Record<string, unknown>> {
  const url = `${access.endpoint}/${path}`;
  for (let attempt = 0; ; attempt += 1) {
    const pause = access.patience.pauses[attempt];
    const answer = await ask(url, access).catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.body) return answer.body;
    const passing = answer instanceof Error || answer.status === 429 || answer.status >= 500;
    if (!passing || pause === undefined) throw new HostError(explain(url, answer));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function ask(url: string, { token, patience }: Access): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(patience.timeout) });
  if (answer.ok) return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  await answer.body?.cancel();
  return { status: answer.status };
}

function explain(url: string, answer: Answer | Error): string {
  if (answer instanceof Error) return `Hetzner's API does not answer at ${url}: ${answer.message}. Run it again later.`;
  if (answer.status === 401) {
    return `Hetzner's API refuses the token (401 at ${url}). Put a read-and-write token of the project in the stack's secrets (hcloud.token).`;
  }
  if (answer.status === 429) {
    return `Hetzner's limit of requests is reached (429 at ${url}). Run it again later; whatever else uses the token uses it up, too.`;
  }
  return `Hetzner's API answered ${answer.status} at ${url}; it may be overloaded, or the endpoint is wrong.`;
}
