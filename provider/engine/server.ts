import type { AnyResourceType } from "../resource-type.ts";
import { ConnectionPool } from "../transport/pool.ts";
import { Sessions } from "../transport/session.ts";
import { Claims } from "./claims.ts";
import { type Plugin, servePlugin, tokenOf } from "./plugin.ts";
import { ResourceLife } from "./resources.ts";

/** Serves the resource types to the Pulumi engine. @returns the port it listens on */
export async function serve(
  types: AnyResourceType[],
  version: string,
  engineAddress: string | undefined,
): Promise<number> {
  return servePlugin(pluginOf(types, version), engineAddress);
}

function pluginOf(types: AnyResourceType[], version: string): Plugin {
  const pool = new ConnectionPool();
  const sessions = new Sessions(pool);
  const claims = new Claims();
  const lives = new Map(types.map((type) => [type.token as string, new ResourceLife(type, sessions, claims)]));

  function life(urn: string): ResourceLife {
    const token = tokenOf(urn);
    const found = lives.get(token);
    if (!found)
      throw new Error(
        `the quayside provider ${version} has no resource type ${token}; it has: ${[...lives.keys()].join(", ")}`,
      );
    return found;
  }

  return {
    ...{ name: "quayside", version, deletesBeforeReplacing: true },
    configure({ privateKey }) {
      pool.settings = typeof privateKey === "string" ? { privateKey } : {};
    },
    // The program's first words, so that this process starts while the stack's modules are still being loaded.
    invoke: async () => ({}),
    check: (urn, news) => life(urn).check(urn, news),
    diff: ({ urn, inputs, state }, news) => life(urn).diff(state.properties, news, inputs.properties),
    preview: (urn, news, olds) => ({ properties: life(urn).preview(news, olds), secrets: news.secrets }),
    create: (urn, news, display) => life(urn).create(news, display),
    update: ({ urn, inputs, state }, news, display) => life(urn).update(urn, state, news, display, inputs),
    async read({ urn, id, inputs, state }, display) {
      if (Object.keys(inputs.properties).length === 0) throw new Error(importRemedy(id));
      const found = await life(urn).read(inputs, state, display);
      return found && { ...found, id };
    },
    delete: ({ urn, inputs, state }, display) => life(urn).delete(urn, inputs, state, display),
    cancel: () => pool.close(),
  };
}

function importRemedy(id: string): string {
  return `${id} cannot be imported by id alone, as the id does not say how to reach its host. Declare it and run \`up\`: what is already there is adopted as it is.`;
}
