import type { Properties } from "../../../provider/engine/values.ts";
import { type CloudflareApi, Refusal } from "./api.ts";
import { type Kind, path, splitId, toApi, toProgram } from "./kind.ts";
import { isLeftOver } from "./names.ts";

const SAME_PATTERN = 10_020;
const METADATA = [
  "bindings",
  "bodyPart",
  "compatibilityDate",
  "compatibilityFlags",
  "logpush",
  "mainModule",
  "observability",
];

/** `cloudflare.WorkersScript`, of one module whose text is `content`. */
export const workersScript: Kind = {
  token: "cloudflare:index/workersScript:WorkersScript",
  required: ["accountId", "scriptName"],
  optional: [...METADATA, "content", "contentType"],
  identity: ["accountId", "scriptName"],
  async create(api, inputs) {
    return { id: String(inputs.scriptName), state: await upload(api, inputs) };
  },
  async read(api, id, inputs) {
    const at = path`/accounts/${inputs.accountId}/workers/scripts/${id}`;
    const answer = await api.send("GET", at).catch((error) => {
      if (error instanceof Refusal && error.status === 404) return undefined;
      throw error;
    });
    if (!answer) return undefined;
    const part = [...(await answer.formData()).values()][0];
    const content = typeof part === "string" ? part : await part?.text();
    const settings = toProgram(await api.request("GET", `${at}/settings`));
    return { ...inputs, ...settings, ...(content !== undefined && { content }), scriptName: id };
  },
  update: (api, _id, inputs) => upload(api, inputs),
  delete: (api, id, inputs) => api.remove(path`/accounts/${inputs.accountId}/workers/scripts/${id}`),
  parseId: (id) => {
    const { id: scriptName, inputs } = splitId(id, "account_id");
    return { id: scriptName, inputs: { ...inputs, scriptName } };
  },
};

async function upload(api: CloudflareApi, inputs: Properties): Promise<Properties> {
  const { accountId, scriptName, content = "", contentType = "application/javascript+module" } = inputs;
  const name = String(inputs.mainModule ?? inputs.bodyPart ?? "worker.js");
  const metadata = toApi({ mainModule: name, ...inputs }, METADATA);
  const form = new FormData();
  form.append("metadata", new Blob([JSON.stringify(metadata)], { type: "application/json" }));
  form.append(name, new Blob([String(content)], { type: String(contentType) }), name);
  const answer = await api.request("PUT", path`/accounts/${accountId}/workers/scripts/${scriptName}`, form);
  return { ...inputs, ...toProgram(answer) };
}

/** `cloudflare.WorkersRoute` */
export const workersRoute: Kind = {
  token: "cloudflare:index/workersRoute:WorkersRoute",
  required: ["pattern", "zoneId"],
  optional: ["script"],
  identity: ["zoneId"],
  async create(api, inputs) {
    const at = path`/zones/${inputs.zoneId}/workers/routes`;
    const body = toApi(inputs, ["pattern", "script"]);
    const made = (await api.request("POST", at, body).catch(async (error) => {
      if (!isLeftOver(error, SAME_PATTERN)) throw error;
      const found = ((await api.request("GET", at)) as Properties[]).find(({ pattern }) => pattern === inputs.pattern);
      if (!found) throw error;
      return api.request("PUT", path`/zones/${inputs.zoneId}/workers/routes/${found.id}`, body);
    })) as Properties;
    return { id: String(made.id), state: routeState(made, inputs) };
  },
  async read(api, id, inputs) {
    const found = await api.find(path`/zones/${inputs.zoneId}/workers/routes/${id}`);
    return found === undefined ? undefined : routeState(found, inputs);
  },
  async update(api, id, inputs) {
    const at = path`/zones/${inputs.zoneId}/workers/routes/${id}`;
    return routeState(await api.request("PUT", at, toApi(inputs, ["pattern", "script"])), inputs);
  },
  delete: (api, id, inputs) => api.remove(path`/zones/${inputs.zoneId}/workers/routes/${id}`),
  parseId: (id) => splitId(id, "zone_id"),
};

function routeState(answer: unknown, { zoneId }: Properties): Properties {
  return { ...toProgram(answer), zoneId: zoneId ?? null };
}
