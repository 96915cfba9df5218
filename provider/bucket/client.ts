import { createHash } from "node:crypto";
import type { S3 } from "@aws-sdk/client-s3";
import { codeOf, explain, isNotImplemented } from "./errors.ts";
import type { BucketInputs } from "./model.ts";

/** Requests of one fault that passes: with the SDK's pauses between them, about a minute of an endpoint's silence. */
const ATTEMPTS = 6;
const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;
/** A bucket that was deleted a moment ago, or is being changed by another call. */
const IN_PASSING = ["OperationAborted", "BucketBeingDeleted"];
const PASSING_PAUSES_MS = [500, 1000, 2000, 4000, 8000];

type Response = { $metadata: unknown };

/** One bucket at its endpoint. */
export class Store {
  readonly bucket: string;
  readonly endpoint: string;
  readonly #s3: S3;

  private constructor(s3: S3, inputs: BucketInputs) {
    this.#s3 = s3;
    this.bucket = inputs.bucket;
    this.endpoint = inputs.endpoint;
  }

  /** Works with the bucket's store; its connections are closed afterwards. */
  static async with<Result>(inputs: BucketInputs, work: (store: Store) => Promise<Result>): Promise<Result> {
    // Only here: previews and all other resources do without the SDK.
    const sdk = await import("@aws-sdk/client-s3");
    const s3 = new sdk.S3({
      endpoint: inputs.endpoint,
      region: inputs.region,
      credentials: { accessKeyId: inputs.accessKeyId, secretAccessKey: inputs.secretAccessKey },
      // The one way to name a bucket that every endpoint and certificate serves.
      forcePathStyle: true,
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: ANSWER_MS,
        throwOnRequestTimeout: true,
        // For an answer that stops in the middle, which the limit of a request is not for.
        socketTimeout: ANSWER_MS,
      },
      // Checksums beyond what a call demands are not understood everywhere.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    });
    addContentMd5(s3);
    try {
      return await work(new Store(s3, inputs));
    } finally {
      s3.destroy();
    }
  }

  /** @throws HostError that says what could not be done, where, and why; what is not implemented is thrown as it is */
  async call<Result extends Response>(
    doing: string,
    request: (s3: S3, bucket: string) => Promise<Result>,
  ): Promise<Result> {
    for (const pause of [...PASSING_PAUSES_MS, undefined]) {
      try {
        return await request(this.#s3, this.bucket);
      } catch (error) {
        if (isNotImplemented(error)) throw error;
        if (pause === undefined || !IN_PASSING.includes(codeOf(error))) {
          throw explain(error, doing, this.bucket, this.endpoint);
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    throw new Error("unreachable");
  }

  /**
   * Asks for something that may not be there.
   *
   * @param missing codes that say so
   * @returns "missing", or undefined when the endpoint does not implement the question
   */
  async ask<Result extends Response>(
    doing: string,
    missing: readonly string[],
    request: (s3: S3, bucket: string) => Promise<Result>,
  ): Promise<Result | "missing" | undefined> {
    try {
      return await this.call(doing, (s3, bucket) =>
        request(s3, bucket).catch((error: unknown) => {
          if (missing.includes(codeOf(error))) return "missing" as unknown as Result;
          throw error;
        }),
      );
    } catch (error) {
      if (isNotImplemented(error)) return undefined;
      throw error;
    }
  }
}

/** Older endpoints know no other checksum than MD5, which the SDK does not send any more. */
function addContentMd5(s3: S3): void {
  s3.middlewareStack.add(
    (next) => async (step) => {
      const request = step.request as { body?: unknown; headers?: Record<string, string> };
      if (typeof request.body === "string" && request.body !== "" && request.headers) {
        request.headers["content-md5"] = createHash("md5").update(request.body).digest("base64");
      }
      return next(step);
    },
    { step: "build", name: "quaysideContentMd5" },
  );
}
