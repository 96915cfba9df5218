import type { HostInputs } from "../resource-type.ts";

/** A lifecycle rule after defaults; days that are not there do nothing. */
export interface LifecycleRule {
  prefix: string;
  enabled: boolean;
  expireDays?: number;
  expireVersionsDays?: number;
  keepVersions?: number;
  expireDeleteMarkers?: boolean;
  abortUploadsDays?: number;
  transitions?: { days: number; storageClass: string }[];
  /** Observed only: what the rule says that a declaration has no word for, as the API writes it. */
  more?: string;
}

export interface CorsRule {
  allowedOrigins: string[];
  allowedMethods: string[];
  allowedHeaders: string[];
  exposeHeaders: string[];
  maxAgeSeconds: number;
}

/** Empty when objects get no lock by themselves. */
export interface Retention {
  mode?: "governance" | "compliance";
  days?: number;
}

/** A policy document in its canonical writing; empty when there is none. */
export type Policy = { [key: string]: unknown };

/** What a bucket is like: declared, and observed in the same words. */
export interface BucketFeatures {
  versioning: boolean;
  objectLock: boolean;
  retention: Retention;
  publicAccess: boolean;
  tags: Record<string, string>;
  lifecycle: Record<string, LifecycleRule>;
  cors: CorsRule[];
  policy: Policy;
}

export type Feature = keyof BucketFeatures;

/** In the order in which they are set: locks need versions, and a policy may need public access. */
export const FEATURES: readonly Feature[] = [
  ...(["versioning", "objectLock", "retention", "publicAccess", "tags", "lifecycle", "cors", "policy"] as const),
];

export interface BucketInputs extends HostInputs, BucketFeatures {
  bucket: string;
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  forceDestroy: boolean;
}

export interface BucketState extends BucketFeatures {
  bucket: string;
  endpoint: string;
  url: string;
  /** What the endpoint does not implement. */
  unsupported: Feature[];
}

/** What the endpoint says of a bucket; undefined where it does not implement the question. */
export interface BucketFacts {
  versioning?: boolean;
  objectLock?: boolean;
  retention?: Retention;
  /** Whether everything public is blocked, whatever policies and ACLs say. */
  publicBlocked?: boolean;
  /** Whether the ACL lets everybody, or every account, in. */
  publicAcl?: boolean;
  tags?: Record<string, string>;
  lifecycle?: Record<string, LifecycleRule>;
  cors?: CorsRule[];
  policy?: Policy;
}
