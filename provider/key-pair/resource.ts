import * as pulumi from "@pulumi/pulumi";

export interface KeyPairArgs {
  /** Comment at the end of the public key. @default "" */
  comment?: pulumi.Input<string>;
}

/** An ed25519 SSH key pair that is made once and stays: a host key to pin, a deploy key. */
export class KeyPair extends pulumi.CustomResource {
  /** `ssh-ed25519 AAAA…`, without the comment. */
  declare readonly publicKey: pulumi.Output<string>;
  /** The private key in OpenSSH format; a secret. */
  declare readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: KeyPairArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "quayside:ssh:KeyPair",
      name,
      { publicKey: undefined, privateKey: undefined, ...args },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["privateKey"] }),
    );
  }
}
