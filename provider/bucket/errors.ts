import { HostError } from "../transport/errors.ts";

/** What the SDK throws: the endpoint's own code as `name`, or that of the connection. */
export interface StoreFault {
  name?: string;
  message?: string;
  code?: string;
  Code?: string;
  /** Where a request for another region's bucket should have gone. */
  Region?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
  $response?: { statusCode?: number };
}

const KEYS = [
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "InvalidToken",
  "ExpiredToken",
  "InvalidSecurity",
  "XAdminUserNotFound",
];
const BUSY = ["SlowDown", "Throttling", "ThrottlingException", "TooManyRequests", "TooManyRequestsException"];
const REGION = [
  ...["AuthorizationHeaderMalformed", "InvalidLocationConstraint", "IllegalLocationConstraintException"],
  ...["InvalidRegion", "PermanentRedirect"],
];

/** Whether the endpoint says that it has no such function. */
export function isNotImplemented(error: unknown): boolean {
  const names = ["NotImplemented", "XNotImplemented", "MethodNotAllowed", "UnsupportedOperation"];
  return names.includes(codeOf(error)) || [405, 501].includes(statusOf(error) ?? 0);
}

/** The endpoint's code for what went wrong, such as `NoSuchBucket`. */
export function codeOf(error: unknown): string {
  const { Code, name } = error as StoreFault;
  return Code ?? name ?? "";
}

export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = error as StoreFault;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/**
 * One complete sentence or two for a fault of the store: what was done, to which bucket, where, why not, what to do.
 *
 * @param doing such as `make the bucket`
 */
export function explain(error: unknown, doing: string, bucket: string, endpoint: string): HostError {
  if (error instanceof HostError) return error;
  return new HostError(`bucket ${bucket} at ${endpoint}: cannot ${doing}: ${reason(error, bucket, endpoint)}`);
}

function reason(error: unknown, bucket: string, endpoint: string): string {
  const code = codeOf(error);
  const status = statusOf(error);
  const told = `${code}${status ? `, ${status}` : ""}`;
  const { message = "", Region, $metadata } = error as StoreFault;
  const times = $metadata?.attempts && $metadata.attempts > 1 ? ` ${$metadata.attempts} times` : "";
  if (KEYS.includes(code)) {
    return (
      `the endpoint does not accept the access key (${told}). Check that accessKeyId and secretAccessKey belong together ` +
      "and to this endpoint. If they were rotated, run `up` without --refresh once: a refresh uses the keys of the last run."
    );
  }
  if (code === "RequestTimeTooSkewed") {
    return "the endpoint's clock and this machine's differ too much. Set this machine's clock (timedatectl set-ntp true).";
  }
  if (code === "BucketAlreadyExists") {
    return `the name ${bucket} belongs to somebody else there. Names are shared by all customers: choose another one.`;
  }
  if (code === "TooManyBuckets")
    return `the account has as many buckets as it may have (${told}). Ask for a higher limit.`;
  if (REGION.includes(code) || status === 301) {
    const wanted = Region ? ` It expects ${Region}.` : "";
    return `the endpoint refuses the region (${told}).${wanted} Set region and endpoint to those of the bucket's location.`;
  }
  if (code === "AccessDenied" || status === 403) {
    return `the key may not do that (${told}), or the bucket belongs to somebody else. Use a key that may manage the bucket.`;
  }
  if (BUSY.includes(code) || status === 429) {
    return `too many requests: the endpoint still said so (${told}) when asked${times}. Run again in a few minutes. ${AGAIN}`;
  }
  if (status !== undefined && status >= 500) {
    return `the endpoint itself fails (${told}), asked${times || " once"}: ${sentence(message)} Run again later. ${AGAIN}`;
  }
  // An answer that stops in the middle has a status.
  if (status === undefined || code === "TimeoutError") {
    return `${endpoint} does not answer (${connectionFault(error)}). Check the endpoint's name and the network, then run again. ${AGAIN}`;
  }
  return `the endpoint says ${told}: ${sentence(message)}`;
}

const AGAIN = "What was made so far stays and is completed by the next run.";

function connectionFault(error: unknown): string {
  const { code, name, message } = error as StoreFault;
  // The SDK adds how programmers find out more.
  return [code ?? name, message?.split("Deserialization error:")[0]?.trim()].filter(Boolean).join(": ");
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\s+/g, " ").slice(0, 300);
  return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
