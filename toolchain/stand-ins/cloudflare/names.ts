import type { Properties } from "../../../provider/engine/values.ts";
import { Refusal } from "./api.ts";
import { type Kind, path, splitId, toApi, toProgram } from "./kind.ts";

const IDENTICAL_RECORD = 81_058;
const ZONE_EXISTS = 1061;

const RECORD_BODY = ["comment", "content", "data", "name", "priority", "proxied", "settings", "tags", "ttl", "type"];

/** `cloudflare.DnsRecord` */
export const dnsRecord: Kind = {
  token: "cloudflare:index/dnsRecord:DnsRecord",
  required: ["name", "ttl", "type", "zoneId"],
  optional: ["comment", "content", "data", "priority", "proxied", "settings", "tags"],
  identity: ["zoneId"],
  async create(api, inputs) {
    const at = path`/zones/${inputs.zoneId}/dns_records`;
    const body = toApi(inputs, RECORD_BODY);
    const made = await api.request("POST", at, body).catch(async (error) => {
      if (!isLeftOver(error, IDENTICAL_RECORD)) throw error;
      const query = new URLSearchParams({
        type: String(inputs.type),
        "name.exact": String(inputs.name),
        per_page: "100",
      });
      const found = (await api.request("GET", `${at}?${query}`)) as Properties[];
      const own = found.find((record) => sameValue(record, inputs));
      if (!own) throw error;
      return api.request("PUT", path`/zones/${inputs.zoneId}/dns_records/${own.id}`, body);
    });
    return { id: String((made as Properties).id), state: recordState(made, inputs) };
  },
  async read(api, id, inputs) {
    const found = await api.find(path`/zones/${inputs.zoneId}/dns_records/${id}`);
    return found === undefined ? undefined : recordState(found, inputs);
  },
  async update(api, id, inputs) {
    const at = path`/zones/${inputs.zoneId}/dns_records/${id}`;
    return recordState(await api.request("PUT", at, toApi(inputs, RECORD_BODY)), inputs);
  },
  delete: (api, id, inputs) => api.remove(path`/zones/${inputs.zoneId}/dns_records/${id}`),
  parseId: (id) => splitId(id, "zone_id"),
};

function recordState(answer: unknown, { zoneId }: Properties): Properties {
  return { ...toProgram(answer), zoneId: zoneId ?? null };
}

function sameValue(record: Properties, { content, data, priority }: Properties): boolean {
  if (content !== undefined && record.content !== content) return false;
  if (priority !== undefined && record.priority !== priority) return false;
  const parts = Object.entries((data ?? {}) as Properties);
  const there = (record.data ?? {}) as Properties;
  return parts.every(([key, value]) => there[key] === value);
}

/** `cloudflare.Zone` */
export const zone: Kind = {
  token: "cloudflare:index/zone:Zone",
  required: ["account", "name"],
  optional: ["paused", "type", "vanityNameServers"],
  identity: ["account", "name"],
  async create(api, inputs) {
    const made = (await api
      .request("POST", "/zones", toApi(inputs, ["account", "name", "type"]))
      .catch(async (error) => {
        if (!isLeftOver(error, ZONE_EXISTS)) throw error;
        const [found] = (await api.request("GET", path`/zones?name=${inputs.name}`)) as Properties[];
        if (!found) throw error;
        return found;
      })) as Properties;
    const id = String(made.id);
    return { id, state: inputs.paused === true ? await zone.update(api, id, inputs) : zoneState(made) };
  },
  async read(api, id) {
    const found = await api.find(path`/zones/${id}`);
    return found === undefined ? undefined : zoneState(found);
  },
  async update(api, id, inputs) {
    return zoneState(
      await api.request("PATCH", path`/zones/${id}`, toApi(inputs, ["paused", "type", "vanityNameServers"])),
    );
  },
  delete: (api, id) => api.remove(path`/zones/${id}`),
  parseId: (id) => ({ id, inputs: {} }),
};

function zoneState(answer: unknown): Properties {
  const { account, ...state } = toProgram(answer);
  return { ...state, account: { id: (account as Properties | undefined)?.id ?? null } };
}

/** Whether it is refused because an attempt before, whose answer was lost, has made it. */
export function isLeftOver(error: unknown, code: number): boolean {
  return error instanceof Refusal && error.afterLostAnswer && error.codes.includes(code);
}
