import * as pulumi from "@pulumi/pulumi";

export interface PlacementArgs {
  /** Name of the server at Hetzner. While there is none, a refresh looks again at what is available. */
  server: pulumi.Input<string>;
  /** Hetzner server types in order of preference, such as `cx23`. */
  types: pulumi.Input<pulumi.Input<string>[]>;
  /** Hetzner locations in order of preference, such as `fsn1`. The first location that has any of the types wins. */
  locations: pulumi.Input<pulumi.Input<string>[]>;
  /** API token; used to look, never compared. */
  token: pulumi.Input<string>;
  /** The API. @default "https://api.hetzner.cloud/v1" */
  endpoint?: pulumi.Input<string>;
}

/**
 * Which server type, in which location, a server gets: the first of the wanted ones that Hetzner has. Decided once; what
 * was decided stays as long as it is among the wanted, so that availability alone never moves or resizes a server.
 */
export class Placement extends pulumi.CustomResource {
  /** The chosen server type. */
  declare readonly type: pulumi.Output<string>;
  /** The chosen location. */
  declare readonly location: pulumi.Output<string>;

  constructor(name: string, args: PlacementArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "quayside:hetzner:Placement",
      name,
      { type: undefined, location: undefined, ...args, token: pulumi.secret(args.token) },
      opts,
    );
  }
}
