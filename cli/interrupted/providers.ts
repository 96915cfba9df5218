/** Whom a state's resources are made by, and what those providers are configured with. */
import { UserError } from "../errors.ts";
import { type Cloud, type Deployment, nameOf, type ResourceState } from "./pending.ts";

/**
 * Makes a cloud of a provider's own configuration, which is in the state: a stack may have more than one account.
 *
 * @param shown - The state with its secrets in plain text; asked for once, and only where something is to be looked up.
 */
export function configured<Access>(
  shown: () => Promise<Deployment>,
  name: string,
  accessOf: (inputs: Record<string, unknown>) => Access | undefined,
  cloudOf: (access: Access) => Cloud,
): Cloud {
  const ready = async (resource: ResourceState): Promise<{ cloud: Cloud; resource: ResourceState }> => {
    const { resources = [], pending_operations = [] } = (await shown()).deployment;
    const providerUrn = resource.provider?.replace(/::[^:]*$/, "");
    const inputs = plain(resources.find(({ urn }) => urn === providerUrn)?.inputs) as Record<string, unknown>;
    const access = inputs && accessOf(inputs);
    if (!access) {
      throw new UserError(
        `the last run was interrupted at ${nameOf(resource)}, and without a token nobody can tell how far ${name} got.`,
        "Give the stack's secrets their key (SOPS_AGE_KEY_FILE=<key file>) and run it again.",
      );
    }
    const own = [...pending_operations.map((operation) => operation.resource), resource].find(
      ({ urn }) => urn === resource.urn,
    );
    return {
      cloud: cloudOf(access),
      resource: { ...resource, inputs: plain(own?.inputs) as Record<string, unknown> },
    };
  };
  return {
    find: async (pending) => {
      const { cloud, resource } = await ready(pending);
      return cloud.find(resource);
    },
    isGone: async (pending) => {
      const { cloud, resource } = await ready(pending);
      return cloud.isGone(resource);
    },
  };
}

/** The accounts of one kind that a state has. @param shown - with its secrets in plain text */
export function accountsOf<Access>(
  shown: Deployment,
  name: string,
  accessOf: (inputs: Record<string, unknown>) => Access | undefined,
): Access[] {
  const providers = (shown.deployment.resources ?? []).filter(({ type }) => type === `pulumi:providers:${name}`);
  return providers.flatMap(({ inputs }) => accessOf(plain(inputs ?? {}) as Record<string, unknown>) ?? []);
}

/** The engine's mark of a secret, beside its value as JSON. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const { plaintext, ...rest } = value as Record<string, unknown>;
  if (SIGNATURE in rest) return typeof plaintext === "string" ? plain(JSON.parse(plaintext)) : undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
