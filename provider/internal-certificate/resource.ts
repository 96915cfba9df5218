import type * as pulumi from "@pulumi/pulumi";
import { HostResource, type HostResourceArgs } from "../resource.ts";

export interface InternalCertificateArgs extends HostResourceArgs {
  /** Where it is kept: `authority.pem`, `certificate.pem` and `key.pem`. Another folder is another certificate. */
  folder: pulumi.Input<string>;
  /** DNS names and IP addresses that it is for. */
  names: pulumi.Input<pulumi.Input<string>[]>;
  /** Group that may read the key. @default "root" */
  group?: pulumi.Input<string>;
}

/**
 * A TLS certificate by an authority of its own, both made on the host: the private keys never leave it. Who should trust
 * it is given `authority`. Valid for 825 days; from 90 days before its end it counts as drift, and `up` renews it.
 */
export class InternalCertificate extends HostResource {
  /** The authority's certificate, PEM. */
  declare readonly authority: pulumi.Output<string>;
  /** SHA-256 of the certificate: changes when it is renewed. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** When it ends, ISO 8601. */
  declare readonly expires: pulumi.Output<string>;

  constructor(name: string, args: InternalCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    super("InternalCertificate", name, args, ["authority", "fingerprint", "expires"], opts);
  }
}
