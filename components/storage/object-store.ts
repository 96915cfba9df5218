import type * as pulumi from "@pulumi/pulumi";

/** An access key of an object store, as its console makes them. */
export interface StoreKeys {
  /** Access key. */
  accessKeyId: pulumi.Input<string>;
  /** Its secret. */
  secretAccessKey: pulumi.Input<string>;
}

/** A place that buckets are made in. */
export interface ObjectStore extends StoreKeys {
  /** The S3 endpoint, without a bucket. */
  endpoint: pulumi.Input<string>;
  /** The region that requests are signed for. */
  region: string;
}

/**
 * Hetzner Object Storage. Keys are made in Hetzner's console, per project; a bucket's name is shared by all customers.
 *
 * @param location `fsn1`, `nbg1` or `hel1`
 */
export function hetznerObjectStorage(location: string, keys: StoreKeys): ObjectStore {
  return { endpoint: `https://${location}.your-objectstorage.com`, region: location, ...keys };
}

/**
 * Cloudflare R2. It has neither versions, object lock, tags nor bucket policies.
 *
 * @param accountId the account's id, 32 hexadecimal digits
 * @param jurisdiction `eu` keeps the data in the European Union; its buckets are apart from the others
 */
export function r2(accountId: string, keys: StoreKeys, jurisdiction?: "eu" | "fedramp"): ObjectStore {
  const place = jurisdiction ? `${accountId}.${jurisdiction}` : accountId;
  return { endpoint: `https://${place}.r2.cloudflarestorage.com`, region: "auto", ...keys };
}

/**
 * OVHcloud Object Storage, in its S3 classes.
 *
 * @param region such as `gra`, `sbg`, `rbx`, `de`, `waw`
 */
export function ovhObjectStorage(region: string, keys: StoreKeys): ObjectStore {
  const name = region.toLowerCase();
  return { endpoint: `https://s3.${name}.io.cloud.ovh.net`, region: name, ...keys };
}

/** Amazon S3. @param region such as `eu-central-1` */
export function amazonS3(region: string, keys: StoreKeys): ObjectStore {
  return { endpoint: `https://s3.${region}.amazonaws.com`, region, ...keys };
}
