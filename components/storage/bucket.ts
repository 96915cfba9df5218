import * as pulumi from "@pulumi/pulumi";
import {
  type BucketCorsRule,
  type BucketLifecycleRule,
  type BucketRetention,
  type BucketArgs as ResourceArgs,
  Bucket as ResourceBucket,
} from "../../provider/bucket/resource.ts";
import { Component, type Fault, refuse, type Transform, transformed } from "../component.ts";
import type { ObjectStore } from "./object-store.ts";

export interface BucketArgs {
  /** Where it is: `hetznerObjectStorage("fsn1", secrets.s3)`, `r2(…)`, `ovhObjectStorage(…)`, `amazonS3(…)`, or any endpoint. */
  store: ObjectStore;
  /** Its name there; at most stores it is shared by all customers. @default the component's name */
  bucket?: string;
  /**
   * Who may read its objects without a key: nobody, or everybody who knows their names. A listing is never public.
   * @default "private"
   */
  read?: "private" | "public";
  /** Whether overwritten and deleted objects stay as older versions. @default false; true with `objectLock` */
  versioning?: pulumi.Input<boolean>;
  /** What happens to objects by themselves, by the rule's name. @default {} */
  lifecycle?: pulumi.Input<Record<string, pulumi.Input<BucketLifecycleRule>>>;
  /** What browsers may do from other origins; the first rule that fits counts. @default [] */
  cors?: pulumi.Input<pulumi.Input<BucketCorsRule>[]>;
  /** Bucket policy, as an object or JSON; it lets nobody in without a key. @default none */
  policy?: pulumi.Input<string | Record<string, unknown>>;
  /** Whether objects can be locked against deletion; cannot be taken off a bucket again. @default false */
  objectLock?: pulumi.Input<boolean>;
  /** The lock that every new object gets by itself; needs `objectLock`. @default none */
  retention?: pulumi.Input<BucketRetention>;
  /** Tags of the bucket. @default {} */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Whether it can be deleted with all that it holds, and is not protected: a preprod's, the lab's. @default false */
  ephemeral?: boolean;
  /** Adjustments of the children. */
  transform?: {
    /** The bucket. */
    bucket?: Transform<ResourceArgs>;
  };
}

/** What a program needs to work with a bucket. */
export interface BucketConnection extends ObjectStore {
  /** The bucket's name. */
  bucket: pulumi.Output<string>;
}

/**
 * A bucket at any S3 store: private, protected from deletion, and never deleted while it holds anything.
 *
 * @example
 * ```ts
 * const store = hetznerObjectStorage("fsn1", secrets.s3);
 * const backups = new Bucket("backups", {
 *   store,
 *   bucket: "example-backups",
 *   versioning: true,
 *   lifecycle: { old: { expireVersionsDays: 30, abortUploadsDays: 7 } },
 * });
 * backups.connection.endpoint;
 * ```
 */
export class Bucket extends Component {
  /** The bucket. */
  readonly resource: ResourceBucket;
  /** What its users need: endpoint, region, keys, name. It is known once the bucket is there. */
  readonly connection: BucketConnection;
  /** Where its objects are: `<endpoint>/<bucket>`. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("storage:Bucket", name, opts);
    refuse("Bucket", name, faultsOf(name, args));
    this.resource = new ResourceBucket(
      ...transformed<ResourceArgs>(
        args.transform?.bucket,
        `${name}-bucket`,
        resourceArgs(name, args),
        this.child({ protect: !args.ephemeral }),
      ),
    );
    this.url = this.resource.url;
    const { endpoint, region, accessKeyId, secretAccessKey } = args.store;
    this.connection = {
      ...{ endpoint, region, bucket: this.resource.bucket },
      ...{ accessKeyId: pulumi.secret(accessKeyId), secretAccessKey: pulumi.secret(secretAccessKey) },
    };
    this.registerOutputs({});
  }
}

function resourceArgs(name: string, args: BucketArgs): ResourceArgs {
  const { store, bucket = name, read, ephemeral = false, transform: _, ...kept } = args;
  const { endpoint, region, accessKeyId, secretAccessKey } = store;
  const open = read === "public" && { publicAccess: true, policy: publicRead(bucket) };
  return { ...{ bucket, endpoint, region, accessKeyId, secretAccessKey, forceDestroy: ephemeral }, ...kept, ...open };
}

/** Everybody may read what they know the name of; nobody may list. */
export function publicRead(bucket: string): Record<string, unknown> {
  const statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` };
  return { Version: "2012-10-17", Statement: [statement] };
}

function faultsOf(name: string, { store, bucket, read, policy }: BucketArgs): Fault[] {
  const faults: Fault[] = [];
  const wanted = bucket ?? name;
  if (!/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(wanted)) {
    faults.push({
      path: "bucket",
      reason: `is ${JSON.stringify(wanted)}; 3 to 63 lower-case letters, digits, hyphens and dots are allowed`,
    });
  }
  if (typeof store.endpoint === "string" && !/^https?:\/\/[^/\s]+\/?$/.test(store.endpoint)) {
    faults.push({
      path: "store.endpoint",
      reason: `is ${JSON.stringify(store.endpoint)}; an endpoint looks like https://fsn1.your-objectstorage.com`,
    });
  }
  if (read !== undefined && !["private", "public"].includes(read)) {
    faults.push({ path: "read", reason: `is ${JSON.stringify(read)}; "private" or "public" is needed` });
  }
  if (read === "public" && policy !== undefined) {
    faults.push({
      path: "policy",
      reason: 'cannot stand beside read: "public", which makes one: say it all in the policy',
    });
  }
  return faults;
}
