import { diffProperties, type PropertyChange } from "../../../provider/engine/diff.ts";
import { type Kept, type Plugin, servePlugin, tokenOf } from "../../../provider/engine/plugin.ts";
import type { Properties } from "../../../provider/engine/values.ts";
import { CloudflareApi } from "./api.ts";
import { checkInputs } from "./inputs.ts";
import type { Kind } from "./kind.ts";
import { dnsRecord, zone } from "./names.ts";
import { workersRoute, workersScript } from "./workers.ts";

/** The version whose tokens, inputs and behaviour this follows. */
const VERSION = "6.22.1";
const KINDS: readonly Kind[] = [dnsRecord, workersRoute, workersScript, zone];
const NAMES = KINDS.map(({ token }) => token.split(":").at(-1)).join(", ");
const WARNING =
  `This is Quayside's STAND-IN for the plugin of @pulumi/cloudflare ${VERSION}, for tests where the official plugin ` +
  `cannot be had. It knows ${NAMES} only. Do not run production with it.`;

/** Serves the imitated types to the engine. @returns the port it listens on */
export function serve(engineAddress: string | undefined): Promise<number> {
  return servePlugin(cloudflarePlugin(), engineAddress);
}

function cloudflarePlugin(): Plugin {
  let configured: CloudflareApi | undefined;
  const api = (): CloudflareApi => {
    if (configured) return configured;
    throw new Error("the Cloudflare provider has no apiToken; give it one, or CLOUDFLARE_API_TOKEN");
  };
  return {
    ...{ name: "cloudflare", version: VERSION, deletesBeforeReplacing: false },
    configure({ apiToken, baseUrl }, display) {
      display.warn(WARNING);
      const token = typeof apiToken === "string" ? apiToken : process.env["CLOUDFLARE_API_TOKEN"];
      const url = typeof baseUrl === "string" ? baseUrl : process.env["CLOUDFLARE_BASE_URL"];
      if (token) configured = new CloudflareApi({ token, baseUrl: url ?? "https://api.cloudflare.com/client/v4" });
    },
    check: (urn, { properties, secrets }) => ({
      inputs: properties,
      secrets,
      faults: checkInputs(kindOf(urn), properties),
    }),
    diff: ({ urn, inputs }, news) => changesOf(inputs.properties, news, kindOf(urn).identity),
    preview: (_, { properties, secrets }) => ({ properties, secrets }),
    async create(urn, { properties, secrets }) {
      const { id, state } = await kindOf(urn).create(api(), properties);
      return { id, properties: { ...properties, ...state }, secrets };
    },
    async update({ urn, id }, { properties, secrets }) {
      return { properties: { ...properties, ...(await kindOf(urn).update(api(), id, properties)) }, secrets };
    },
    read: (kept) => read(kindOf(kept.urn), api(), kept),
    delete: ({ urn, id, state }) => kindOf(urn).delete(api(), id, state.properties),
    cancel: async () => {},
  };
}

/** An import knows its id only; what it finds then is what a program would declare. */
async function read(kind: Kind, api: CloudflareApi, { id: known, inputs: before }: Kept) {
  const isImport = Object.keys(before.properties).length === 0;
  const { id, inputs } = isImport ? kind.parseId(known) : { id: known, inputs: before.properties };
  const state = await kind.read(api, id, inputs);
  if (!state) return undefined;
  const declared = isImport
    ? [...kind.required, ...kind.optional].filter((key) => key in state)
    : Object.keys(before.properties);
  const seen = Object.fromEntries(declared.map((key) => [key, state[key] ?? null])) as Properties;
  return { id, properties: { ...inputs, ...state }, secrets: before.secrets, inputs: seen };
}

function kindOf(urn: string): Kind {
  const found = KINDS.find(({ token }) => token === tokenOf(urn));
  if (!found) throw new Error(`${WARNING} It does not know ${tokenOf(urn)}.`);
  return found;
}

/** Inputs against inputs: what Cloudflare adds by itself is no difference. */
function changesOf(olds: Properties, news: Properties, identity: readonly string[]): PropertyChange[] {
  const removed = Object.keys(olds).filter((key) => news[key] === undefined);
  const wanted = { ...news, ...Object.fromEntries(removed.map((key) => [key, null])) };
  return diffProperties(wanted, olds, { identity, settings: [] });
}
