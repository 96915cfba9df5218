// One module each: the package's index loads all of its eighty.
import { Network } from "@pulumi/hcloud/network.js";
import { NetworkSubnet } from "@pulumi/hcloud/networkSubnet.js";
import { PlacementGroup } from "@pulumi/hcloud/placementGroup.js";
import { Provider } from "@pulumi/hcloud/provider.js";
import { SshKey } from "@pulumi/hcloud/sshKey.js";
import * as pulumi from "@pulumi/pulumi";
import { Component, type Fault, refuse } from "../component.ts";

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
  /** The servers are for an afternoon: nothing is protected from deletion. @default false */
  ephemeral?: boolean;
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
  readonly labels: Record<string, string>;
  /** Whether nothing is protected from deletion. */
  readonly ephemeral: boolean;
  /** What opens the servers. */
  readonly sshKey: SshKey;
  /** Keeps the servers on different hardware. */
  readonly placementGroup: PlacementGroup;
  /** The subnet that servers join; undefined without a private network. */
  readonly subnet: NetworkSubnet | undefined;

  constructor(name: string, args: HetznerCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    super("server:HetznerCloud", name, opts);
    refuse("HetznerCloud", name, faultsOf(args));
    this.token = pulumi.secret(args.token);
    this.endpoint = args.endpoint ?? "https://api.hetzner.cloud/v1";
    this.labels = { "managed-by": "quayside", stack: pulumi.getStack(), ...args.labels };
    this.ephemeral = args.ephemeral ?? false;
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
