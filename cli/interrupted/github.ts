import { type Api, ask } from "./ask.ts";
import type { Cloud, ResourceState } from "./pending.ts";

type Inputs = Record<string, unknown>;

/** How something in a repository is found: listed at a path, known by what it was declared with, named by an id. */
interface Kind {
  list(inputs: Inputs): string;
  /** The property of the answer that holds the list; undefined where the answer is it. */
  property?: string;
  is(item: Inputs, inputs: Inputs): boolean;
  id(item: Inputs, inputs: Inputs): string;
}

const environment = ({ environment: name }: Inputs): string => encodeURIComponent(String(name));
/** Type and key: GitHub drops the comment. */
const keyOf = (text: unknown): string => String(text).trim().split(/\s+/).slice(0, 2).join(" ");

/** What GitHub makes once: making it again is refused. Everything else there is set, and may be set again. */
const KINDS: Readonly<Record<string, Kind>> = {
  "github:index/repositoryWebhook:RepositoryWebhook": {
    list: () => "hooks?per_page=100",
    is: ({ config }, { configuration }) => {
      const [found, wanted] = [(config as Inputs)?.["url"], (configuration as Inputs)?.["url"]];
      return wanted !== undefined && found === wanted;
    },
    id: ({ id }) => String(id),
  },
  "github:index/repositoryDeployKey:RepositoryDeployKey": {
    list: () => "keys?per_page=100",
    is: ({ key: found }, { key }) => keyOf(found) === keyOf(key),
    id: ({ id }, { repository }) => `${repository}:${id}`,
  },
  "github:index/repositoryRuleset:RepositoryRuleset": {
    list: () => "rulesets?per_page=100&includes_parents=false",
    is: ({ name }, inputs) => name === inputs["name"],
    id: ({ id }) => String(id),
  },
  "github:index/actionsVariable:ActionsVariable": {
    list: () => "actions/variables?per_page=30",
    property: "variables",
    is: ({ name }, { variableName }) => sameName(name, variableName),
    id: ({ name }, { repository }) => `${repository}:${name}`,
  },
  "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": {
    list: (inputs) => `environments/${environment(inputs)}/variables?per_page=30`,
    property: "variables",
    is: ({ name }, { variableName }) => sameName(name, variableName),
    id: ({ name }, inputs) => `${inputs["repository"]}:${environment(inputs)}:${name}`,
  },
  "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy": {
    list: (inputs) => `environments/${environment(inputs)}/deployment-branch-policies?per_page=100`,
    property: "branch_policies",
    is: ({ name }, { branchPattern, tagPattern }) => name === (branchPattern ?? tagPattern),
    id: ({ id }, inputs) => `${inputs["repository"]}:${environment(inputs)}:${id}`,
  },
};

const REPOSITORY = "github:index/repository:Repository";
const sameName = (a: unknown, b: unknown): boolean => String(a).toUpperCase() === String(b).toUpperCase();

export interface GitHubAccess extends Api {
  owner: string;
}

/** What a provider of github is configured with. @param inputs - of the provider's resource, in plain text */
export function gitHubAccess(inputs: Inputs): GitHubAccess | undefined {
  const { token, owner, baseUrl = "https://api.github.com/" } = inputs;
  if (typeof token !== "string" || typeof owner !== "string") return undefined;
  const base = String(baseUrl).replace(/\/+$/, "");
  // The plugin takes every other host for a GitHub Enterprise Server, whose REST API is below this path.
  const endpoint = new URL(base).hostname === "api.github.com" ? base : `${base}/api/v3`;
  return { name: "GitHub", endpoint, token, owner, tokenFrom: "the token that the stack gives its GitHubAccount" };
}

/**
 * Looks at GitHub for what an interrupted run has done.
 *
 * @param notBefore - Milliseconds since 1970: a repository that is older was there before, and is nobody's to take over.
 */
export function gitHub(api: GitHubAccess, notBefore: number): Cloud {
  const pathOf = (name: unknown): string => `repos/${api.owner}/${encodeURIComponent(String(name))}`;
  const list = async (kind: Kind, inputs: Inputs): Promise<Inputs[]> => {
    const answer = await ask(api, `${pathOf(inputs["repository"])}/${kind.list(inputs)}`);
    return ((kind.property ? (answer as Inputs | undefined)?.[kind.property] : answer) ?? []) as Inputs[];
  };
  const repository = async (name: unknown): Promise<Inputs | undefined> =>
    (await ask(api, pathOf(name))) as Inputs | undefined;
  return {
    find: async ({ type, inputs = {} }) => {
      const kind = KINDS[type];
      if (kind) {
        const found = (await list(kind, inputs)).find((item) => kind.is(item, inputs));
        return found && kind.id(found, inputs);
      }
      if (type !== REPOSITORY) return undefined;
      const found = await repository(inputs["name"]);
      return found && Date.parse(String(found["created_at"])) >= notBefore ? String(found["name"]) : undefined;
    },
    isGone: async ({ type, inputs = {}, id }: ResourceState) => {
      const kind = KINDS[type];
      if (kind) return !(await list(kind, inputs)).some((item) => kind.id(item, inputs) === id);
      return type === REPOSITORY && (await repository(id)) === undefined;
    },
  };
}
