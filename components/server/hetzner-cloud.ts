// One module each: the package's index loads all of its eighty.
import { Network } from "@pulumi/hcloud/network.js";
import { NetworkSubnet } from "@pulumi/hcloud/networkSubnet.js";
import { PlacementGroup } from "@pulumi/hcloud/placementGroup.js";
import { Provider } from "@pulumi/hcloud/provider.js";
import { SshKey } from "@pulumi/hcloud/sshKey.js";
import * as pulumi from "@pulumi/pulumi";
import { Lifetime, type MonthlyCost } from "../../provider/index.ts";
import { Component, type Fault, refuse } from "../component.ts";
import type { DeclaredServer } from "./price-ceiling.ts";

export interface HetznerCloudArgs {
  /** API token of the project, read and write. */
  token: pulumi.Input<string>;
  /** The API. @default "https://api.hetzner.cloud/v1" */
  endpoint?: string;
  /** Public key that opens the servers, `ssh-ed25519 AAAA…`. */
  deployKey: pulumi.Input<string>;
  /** Put on every resource, so that what belongs together is found even without its state. */
  labels?: Record<string, string>;
  /** A private network for the project's servers; none without it. */
  network?: {
    /** Address range, such as `10.0.0.0/16`. */
    ipRange: string;
    /** Network zone of the servers' locations. @default "eu-central" */
    zone?: string;
  };
  /** Nothing is protected from deletion; with a lifetime, `quay reap` destroys the whole stack after it. @default false */
  ephemeral?: boolean | Ephemeral;
}

/** A stack for a while. */
export interface Ephemeral {
  /** How long, from the first `up` on: `90m`, `8h`, `3d`. A longer one prolongs it; an `up` after it is over begins anew. */
  lifetime: string;
  /**
   * Net EUR a month that the project's servers, their addresses and volumes may cost; a preview of more fails. The dearest of
   * a server's types and locations counts, by the pinned price table.
   * @default any
   */
  priceCeiling?: number;
}

/**
 * A project at Hetzner Cloud: what its servers share. One SSH key, one private network, one spread placement group (the
 * servers end up on different hardware), one set of labels.
 */
export class HetznerCloud extends Component {
  /** The provider of everything in the project. */
  readonly provider: Provider;
  /** The project's API token; secret. */
  readonly token: pulumi.Output<string>;
  /** The API. */
  readonly endpoint: string;
  /** On every resource of the project. */
  readonly labels: Record<string, pulumi.Input<string>>;
  /** Whether nothing is protected from deletion. */
  readonly ephemeral: boolean;
  /** What opens the servers. */
  readonly sshKey: SshKey;
  /** Keeps the servers on different hardware. */
  readonly placementGroup: PlacementGroup;
  /** The subnet that servers join; undefined without a private network. */
  readonly subnet: NetworkSubnet | undefined;
  readonly #servers: DeclaredServer[] = [];

  constructor(name: string, args: HetznerCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    super("server:HetznerCloud", name, opts);
    refuse("HetznerCloud", name, faultsOf(args));
    this.token = pulumi.secret(args.token);
    this.endpoint = args.endpoint ?? "https://api.hetzner.cloud/v1";
    this.ephemeral = args.ephemeral !== undefined && args.ephemeral !== false;
    const expires = typeof args.ephemeral === "object" ? this.#createLifetime(args.ephemeral).expires : undefined;
    this.labels = {
      ...{ "managed-by": "quayside", project: pulumi.getProject(), stack: pulumi.getStack() },
      ...(expires && { expires }),
      ...args.labels,
    };
    this.provider = new Provider(
      `${name}-provider`,
      { token: this.token, endpoint: this.endpoint, pollInterval: "500ms" },
      { parent: this },
    );
    this.sshKey = this.#createSshKey(args.deployKey);
    this.placementGroup = this.#createPlacementGroup();
    this.subnet = this.#createNetwork(args.network);
    this.registerOutputs({});
  }

  /** Options of a resource at Hetzner: this project's provider, and protection of what cannot be made again. */
  options(parent: pulumi.Resource, opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { parent, provider: this.provider, ...opts };
  }

  /** Counts a server in for the price ceiling. */
  declare(server: DeclaredServer): void {
    this.#servers.push(server);
  }

  #createLifetime({ lifetime, priceCeiling }: Ephemeral): Lifetime {
    const args = priceCeiling === undefined ? {} : { priceCeiling, costs: this.#highestCosts() };
    return new Lifetime(`${this.name}-lifetime`, { lifetime, ...args }, { parent: this });
  }

  /** Known once the stack has declared its servers, which it does in one go. */
  async #highestCosts(): Promise<MonthlyCost[]> {
    const [{ highestCosts }, { pinnedPrices }] = await Promise.all([
      import("./price-ceiling.ts"),
      import("../cost/prices.ts"),
    ]);
    return highestCosts(this.#servers, pinnedPrices);
  }

  #createSshKey(publicKey: pulumi.Input<string>): SshKey {
    const args = { name: `${pulumi.getStack()}-${this.name}`, publicKey, labels: this.labels };
    return new SshKey(`${this.name}-ssh-key`, args, this.options(this));
  }

  #createPlacementGroup(): PlacementGroup {
    const args = { name: `${pulumi.getStack()}-${this.name}`, type: "spread", labels: this.labels };
    return new PlacementGroup(`${this.name}-placement-group`, args, this.options(this));
  }

  #createNetwork(network: HetznerCloudArgs["network"]): NetworkSubnet | undefined {
    if (!network) return undefined;
    const { id } = new Network(
      `${this.name}-network`,
      { name: `${pulumi.getStack()}-${this.name}`, ipRange: network.ipRange, labels: this.labels },
      this.options(this),
    );
    return new NetworkSubnet(
      `${this.name}-subnet`,
      {
        networkId: id.apply(Number),
        type: "cloud",
        networkZone: network.zone ?? "eu-central",
        ipRange: network.ipRange,
      },
      this.options(this),
    );
  }
}

function faultsOf(args: HetznerCloudArgs): Fault[] {
  const faults: Fault[] = [];
  if (
    typeof args.deployKey === "string" &&
    !/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]+/.test(args.deployKey)
  ) {
    faults.push({ path: "deployKey", reason: "is no public key; it looks like `ssh-ed25519 AAAA…`" });
  }
  for (const key of ["managed-by", "project", "stack", "expires"]) {
    if (args.labels?.[key] !== undefined) {
      faults.push({ path: `labels.${key}`, reason: "is given by itself, as `quay reap` finds by it what has expired" });
    }
  }
  for (const [key, value] of Object.entries(args.labels ?? {})) {
    if (!/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(value) && value !== "") {
      faults.push({
        path: `labels.${key}`,
        reason: `is ${JSON.stringify(value)}; up to 63 letters, digits, dots, hyphens and underscores are allowed`,
      });
    }
  }
  return faults;
}
