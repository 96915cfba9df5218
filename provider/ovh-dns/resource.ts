import * as pulumi from "@pulumi/pulumi";

/** All records of one name and type. */
export interface DnsRecordSetArgs {
  /** Seconds that others may remember it, from 60. @default 3600 */
  ttl?: pulumi.Input<number>;
  /** Values as in a zone file: `203.0.113.10`, `10 mail.example.org.`, `"v=spf1 -all"`. */
  values: pulumi.Input<pulumi.Input<string>[]>;
}

export interface OvhDnsRecordsArgs {
  /** The zone at OVH, such as `example.org`; it has to be there already. Another zone is another resource. */
  zone: pulumi.Input<string>;
  /** Sets of records by name and type, such as `www A` or `@ MX`. What else the zone has is left alone. */
  records: pulumi.Input<Record<string, pulumi.Input<DnsRecordSetArgs>>>;
  /** Key of the application; never a difference, so that credentials can be rotated. */
  applicationKey: pulumi.Input<string>;
  /** Its secret; never a difference. Secret. */
  applicationSecret: pulumi.Input<string>;
  /** Key that an owner of the zone has allowed the application to use; never a difference. Secret. */
  consumerKey: pulumi.Input<string>;
  /** The API. @default "https://eu.api.ovh.com/1.0" */
  endpoint?: pulumi.Input<string>;
}

/**
 * Records of a DNS zone at OVH, through its signed API. One resource for many records, which differ one by one; what
 * another hand adds to a declared set, or takes away, is drift.
 */
export class OvhDnsRecords extends pulumi.CustomResource {
  /** The sets as the API has them. */
  declare readonly records: pulumi.Output<Record<string, { ttl: number; values: string[] }>>;

  constructor(name: string, args: OvhDnsRecordsArgs, opts?: pulumi.CustomResourceOptions) {
    const secrets = {
      applicationSecret: pulumi.secret(args.applicationSecret),
      consumerKey: pulumi.secret(args.consumerKey),
    };
    super("quayside:ovh:DnsRecords", name, { ...args, ...secrets }, opts);
  }
}
