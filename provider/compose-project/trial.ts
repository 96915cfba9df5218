import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  type ComposeFile,
  type ComposeService,
  dependenciesOf,
  expectedServices,
  isComposeFile,
} from "./compose-file.ts";
import { parseCompose } from "./compose-yaml.ts";
import type { ComposeProjectInputs } from "./inputs.ts";
import type { Plan } from "./plan.ts";
import { containerState, containersOf, type Snapshot } from "./snapshot.ts";
import { canRunTwice, mountStaged, networksOf, standIn } from "./stand-in.ts";

/** Names that nobody else has: a service's name is one in the DNS of the networks that it shares. */
const SUFFIX = "-quayside-trial";

/** What a project or a service is called while it is tried. */
export function trialOf(name: string): string {
  return name + SUFFIX;
}

/** What is called so in the declaration. */
export function declaredName(service: string): string {
  return service.endsWith(SUFFIX) ? service.slice(0, -SUFFIX.length) : service;
}

/**
 * The compose file with which the new version of some services can be tried beside the one that serves: those that the
 * deployment would put another container in place of, and that can run twice for a while. Undefined when there are none.
 * Pure.
 *
 * @param staged where the new version's files are
 */
export function planTrial(
  inputs: ComposeProjectInputs,
  before: Snapshot,
  plan: Plan,
  staged: string,
): ComposeFile | undefined {
  if (inputs.trial === false || before.compose === undefined || before.record?.pending) return undefined;
  const old = parseCompose(before.compose);
  if (!isComposeFile(old)) return undefined;
  const { services } = inputs.compose;
  const expected = expectedServices(inputs.compose);
  const envChanged =
    plan.stale.includes(".env") || plan.files.some(({ path, content }) => path === ".env" && content !== before.env);

  const runs = (name: string) => {
    const containers = containersOf(before, name);
    return containers.length > 0 && containers.every((container) => containerState(container, false) === "running");
  };
  const changes = (name: string, service: ComposeService) => {
    const [was, wanted] = [old.services[name], before.references[service.image]];
    return (
      was === undefined ||
      plan.recreate.includes(name) ||
      !isDeepStrictEqual(standIn(service), standIn(was)) ||
      (envChanged && readsEnv(service)) ||
      containersOf(before, name).some(({ image }) => wanted !== undefined && image !== wanted)
    );
  };
  const stays = (name: string): boolean => {
    const service = services[name];
    if (service === undefined || changes(name, service)) return false;
    return (expected[name]?.state !== "running" || runs(name)) && dependenciesOf(service).every(stays);
  };
  const tried = Object.entries(services).filter(
    ([name, service]) =>
      runs(name) &&
      changes(name, service) &&
      canRunTwice(service) &&
      networksOf(service).every((key) => isSameNetwork(key, old, inputs.compose)) &&
      // It would otherwise be tried before its migration has run, or with the database of the old version.
      dependenciesOf(service).every(stays),
  );
  if (tried.length === 0) return undefined;

  const files = Object.keys(inputs.files).map((path) => posix.join(inputs.directory, path));
  const used = new Set(tried.flatMap(([, service]) => networksOf(service)));
  return {
    services: Object.fromEntries(
      tried.map(([name, service]) => [
        trialOf(name),
        // It ends rather than to loop, and where memory is short it goes first.
        { ...mountStaged(standIn(service), inputs.directory, files, staged), restart: "no", oom_score_adj: 1000 },
      ]),
    ),
    networks: Object.fromEntries(
      [...used].map((key) => [key, { external: true, name: networkName(inputs.project, key, old) }]),
    ),
  };
}

/** Whether a change of `.env` changes the service: it is given the variables, or has them in its description. */
function readsEnv(service: ComposeService): boolean {
  return service["env_file"] !== undefined || JSON.stringify(service).replaceAll("$$", "").includes("$");
}

type Network = { name?: string; external?: boolean } | null | undefined;

function networkOf(key: string, compose: ComposeFile): Network {
  return (compose["networks"] as Record<string, Network> | undefined)?.[key];
}

/** Whether a network is there already, and is meant by the same key. */
function isSameNetwork(key: string, old: ComposeFile, wanted: ComposeFile): boolean {
  const isThere = Object.values(old.services).some((service) => networksOf(service).includes(key));
  return isThere && isDeepStrictEqual(networkOf(key, old) ?? null, networkOf(key, wanted) ?? null);
}

/** What Docker calls a network that the version before uses. */
function networkName(project: string, key: string, compose: ComposeFile): string {
  const network = networkOf(key, compose);
  return network?.name ?? (network?.external ? key : `${project}_${key}`);
}
