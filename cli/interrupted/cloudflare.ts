import { type Api, ask } from "./ask.ts";
import type { Cloud, ResourceState } from "./pending.ts";

type Inputs = Record<string, unknown>;

interface Kind {
  path(inputs: Inputs): string;
  /** What narrows the list down. */
  query(inputs: Inputs): Record<string, unknown>;
  is(item: Inputs, inputs: Inputs): boolean;
}

/** What Cloudflare makes once, or twice where it is asked twice. A Worker's script is set, and may be set again. */
const KINDS: Readonly<Record<string, Kind>> = {
  "cloudflare:index/dnsRecord:DnsRecord": {
    path: ({ zoneId }) => `zones/${zoneId}/dns_records`,
    query: ({ name, type }) => ({ name, type }),
    is: (item, { name, type, content, data, priority }) =>
      item["name"] === name &&
      item["type"] === type &&
      (content === undefined ? sameParts(item["data"], data) : item["content"] === content) &&
      (priority === undefined || item["priority"] === priority),
  },
  "cloudflare:index/workersRoute:WorkersRoute": {
    path: ({ zoneId }) => `zones/${zoneId}/workers/routes`,
    query: () => ({}),
    is: (item, { pattern }) => item["pattern"] === pattern,
  },
  "cloudflare:index/zone:Zone": {
    path: () => "zones",
    query: ({ name, account }) => ({ name, "account.id": (account as Inputs | undefined)?.["id"] }),
    is: (item, { name }) => item["name"] === name,
  },
};

function sameParts(found: unknown, wanted: unknown): boolean {
  const parts = Object.entries((wanted ?? {}) as Inputs);
  return parts.length > 0 && parts.every(([key, value]) => (found as Inputs | undefined)?.[key] === value);
}

/** What a provider of cloudflare is configured with. @param inputs - of the provider's resource, in plain text */
export function cloudflareAccess({ apiToken, baseUrl }: Inputs): Api | undefined {
  if (typeof apiToken !== "string") return undefined;
  const endpoint = String(baseUrl ?? "https://api.cloudflare.com/client/v4").replace(/\/+$/, "");
  const tokenFrom = "the token that the stack gives Cloudflare's zone";
  return { name: "Cloudflare", endpoint, token: apiToken, tokenFrom };
}

/** Looks at Cloudflare for what an interrupted run has done. */
export function cloudflare(api: Api): Cloud {
  const found = async (kind: Kind, inputs: Inputs): Promise<Inputs[]> => {
    const asked = Object.entries({ ...kind.query(inputs), per_page: 100 });
    const query = asked
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, `${value}`]);
    const answer = (await ask(api, `${kind.path(inputs)}?${new URLSearchParams(query)}`)) as Inputs;
    return ((answer?.["result"] ?? []) as Inputs[]).filter((item) => kind.is(item, inputs));
  };
  return {
    find: async ({ type, inputs = {} }) => {
      const kind = KINDS[type];
      const [first] = kind ? await found(kind, inputs) : [];
      return first && String(first["id"]);
    },
    isGone: async ({ type, inputs = {}, id }: ResourceState) => {
      const kind = KINDS[type];
      return kind !== undefined && !(await found(kind, inputs)).some((item) => item["id"] === id);
    },
  };
}
