import * as pulumi from "@pulumi/pulumi";

/** What happens to the objects of a bucket by themselves, after so many days. */
export interface BucketLifecycleRule {
  /** Objects whose key begins with this. @default "", every object */
  prefix?: pulumi.Input<string>;
  /** Whether the rule is at work. @default true */
  enabled?: pulumi.Input<boolean>;
  /** Days after which an object is deleted; of a versioned bucket, after which a newer version says so. */
  expireDays?: pulumi.Input<number>;
  /** Days after which a version that is not the newest any more is deleted for good. */
  expireVersionsDays?: pulumi.Input<number>;
  /** Newest ones of the older versions that stay whatever their age; goes with `expireVersionsDays`. @default none */
  keepVersions?: pulumi.Input<number>;
  /** Whether a delete marker goes once no version is left behind it; not together with `expireDays`. @default false */
  expireDeleteMarkers?: pulumi.Input<boolean>;
  /** Days after which the parts of an upload that was never finished are deleted. */
  abortUploadsDays?: pulumi.Input<number>;
  /** Storage classes that objects move to, such as `[{ days: 30, storageClass: "GLACIER" }]`. @default [] */
  transitions?: pulumi.Input<pulumi.Input<{ days: pulumi.Input<number>; storageClass: pulumi.Input<string> }>[]>;
}

/** Which pages of other origins may ask for what, from a browser. */
export interface BucketCorsRule {
  /** Origins, such as `https://app.example.org`; `*` is any. */
  allowedOrigins: pulumi.Input<pulumi.Input<string>[]>;
  /** `GET`, `HEAD`, `PUT`, `POST`, `DELETE`. */
  allowedMethods: pulumi.Input<pulumi.Input<string>[]>;
  /** Request headers that may be sent; `*` is any. @default [] */
  allowedHeaders?: pulumi.Input<pulumi.Input<string>[]>;
  /** Response headers that the page may see. @default [] */
  exposeHeaders?: pulumi.Input<pulumi.Input<string>[]>;
  /** Seconds for which the browser may keep the answer. @default 0, not said */
  maxAgeSeconds?: pulumi.Input<number>;
}

/** How long every new object is kept from being changed or deleted. */
export interface BucketRetention {
  /** `governance`: a key with a permission of its own may lift it; `compliance`: nobody may. */
  mode: pulumi.Input<"governance" | "compliance">;
  /** Days, from an object's upload. */
  days: pulumi.Input<number>;
}

export interface BucketArgs {
  /** The bucket's name at the endpoint; another name is another bucket. */
  bucket: pulumi.Input<string>;
  /** The S3 endpoint, such as `https://fsn1.your-objectstorage.com`; another endpoint is another bucket. */
  endpoint: pulumi.Input<string>;
  /** The region that requests are signed for; never a difference. @default "us-east-1" */
  region?: pulumi.Input<string>;
  /** Access key; never a difference, so that keys can be rotated. Secret. */
  accessKeyId: pulumi.Input<string>;
  /** Its secret key; never a difference. Secret. */
  secretAccessKey: pulumi.Input<string>;
  /** Whether overwritten and deleted objects stay as older versions. @default false; true with `objectLock` */
  versioning?: pulumi.Input<boolean>;
  /** Whether objects can be locked against deletion; cannot be taken off a bucket again. @default false */
  objectLock?: pulumi.Input<boolean>;
  /** The lock that every new object gets by itself; needs `objectLock`. @default none */
  retention?: pulumi.Input<BucketRetention>;
  /**
   * Whether policies and ACLs may let everybody in. Without it a policy that does is refused, public access is blocked
   * where the endpoint can do that, and a policy or ACL that somebody opened by hand is drift. @default false
   */
  publicAccess?: pulumi.Input<boolean>;
  /** What happens to objects by themselves, by the rule's name. @default {} */
  lifecycle?: pulumi.Input<Record<string, pulumi.Input<BucketLifecycleRule>>>;
  /** What browsers may do from other origins; the first rule that fits counts. @default [] */
  cors?: pulumi.Input<pulumi.Input<BucketCorsRule>[]>;
  /** Bucket policy, as an object or JSON; written differently, the same policy is no difference. @default none */
  policy?: pulumi.Input<string | Record<string, unknown>>;
  /** Tags of the bucket. @default {} */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Whether a delete takes every object and version along. Without it a bucket that holds anything is not deleted, and
   * the error says how much it holds. @default false
   */
  forceDestroy?: pulumi.Input<boolean>;
}

/**
 * A bucket at any S3 endpoint: Hetzner Object Storage, Cloudflare R2, OVH, AWS, MinIO, Versity. It lives on no host.
 *
 * A bucket of that name which is there already, and which the key may manage, is taken over: what is declared is set, and
 * what else it has stays until the next `up`, whose preview shows that it goes. What the endpoint does not implement is
 * a warning once, stays in `unsupported`, and is no difference. Rate limits, the endpoint's own faults and lost
 * connections are waited out for about a minute.
 */
export class Bucket extends pulumi.CustomResource {
  /** The bucket's name. */
  declare readonly bucket: pulumi.Output<string>;
  /** The S3 endpoint, without a slash at its end. */
  declare readonly endpoint: pulumi.Output<string>;
  /** Where its objects are: `<endpoint>/<bucket>`. */
  declare readonly url: pulumi.Output<string>;
  /** Properties that the endpoint does not implement, such as `["tags"]`. */
  declare readonly unsupported: pulumi.Output<string[]>;

  constructor(name: string, args: BucketArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "quayside:s3:Bucket",
      name,
      {
        url: undefined,
        unsupported: undefined,
        ...args,
        accessKeyId: pulumi.secret(args.accessKeyId),
        secretAccessKey: pulumi.secret(args.secretAccessKey),
      },
      opts,
    );
  }
}
