// One module each: the package's index loads all of its resources.
import { Provider, type ProviderArgs } from "@pulumi/github/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { isPlaceholder } from "../../secrets/formats.ts";
import { Component, type Fault, refuse, type Transform, transformed } from "../component.ts";

export interface GitHubAccountArgs {
  /** Login of the organisation or user that owns the repositories. */
  owner: string;
  /**
   * Token that may administer them: a fine-grained one needs Administration, Actions, Environments, Secrets, Variables,
   * Webhooks and Issues, read and write; a classic one the scope `repo`, and `delete_repo` for what is ephemeral.
   */
  token: pulumi.Input<string>;
  /** The API; a GitHub Enterprise Server's is `https://github.example.org/`. @default "https://api.github.com/" */
  baseUrl?: string;
  /** Adjusts the provider, such as its pace (`writeDelayMs`). */
  transform?: { provider?: Transform<ProviderArgs> };
}

/**
 * An organisation or user at GitHub, as its repositories refer to it. The plugin asks one thing at a time and waits a
 * second after each change, as GitHub asks of clients; it waits for limits to pass, and repeats what GitHub failed at.
 */
export class GitHubAccount extends Component {
  /** The provider of everything at this account. */
  readonly provider: Provider;
  /** Login of the organisation or user. */
  readonly owner: string;

  constructor(name: string, args: GitHubAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("github:GitHubAccount", name, opts);
    refuse("GitHubAccount", name, faultsOf(args));
    this.owner = args.owner;
    const provider: ProviderArgs = {
      owner: args.owner,
      token: pulumi.secret(usable(args.token)),
      baseUrl: args.baseUrl ?? "https://api.github.com/",
      // The plugin repeats 5xx by itself; what a gateway refuses with 429 is worth another try, too.
      retryableErrors: [429, 500, 502, 503, 504],
    };
    this.provider = new Provider(
      ...transformed(args.transform?.provider, `${name}-provider`, provider, { parent: this }),
    );
    this.registerOutputs({});
  }

  /** Options of a resource at this account. */
  options(parent: pulumi.Resource, opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { parent, provider: this.provider, ...opts };
  }
}

/**
 * The plugin asks GitHub for the owner in every preview, and fails without an answer. A provider with something unknown asks
 * nothing, so that a preview without the key of the secrets, which has a placeholder for a token, needs no network either.
 */
function usable(token: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi
    .output(token)
    .apply((text) =>
      pulumi.runtime.isDryRun() && isPlaceholder(text) ? pulumi.unknown : text,
    ) as pulumi.Output<string>;
}

function faultsOf({ owner, baseUrl }: GitHubAccountArgs): Fault[] {
  const faults: Fault[] = [];
  if (!/^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i.test(owner)) {
    faults.push({
      path: "owner",
      reason: `is ${JSON.stringify(owner)}; the login of an organisation or user is needed`,
    });
  }
  if (baseUrl !== undefined && !/^https?:\/\/[^/]+\//.test(baseUrl)) {
    faults.push({ path: "baseUrl", reason: `is ${JSON.stringify(baseUrl)}; a URL that ends with / is needed` });
  }
  return faults;
}
