import type { CORSRule } from "@aws-sdk/client-s3";
import type { CorsRule } from "./model.ts";

export function corsToApi(rules: readonly CorsRule[]): CORSRule[] {
  return rules.map(({ allowedOrigins, allowedMethods, allowedHeaders, exposeHeaders, maxAgeSeconds }) => ({
    AllowedOrigins: allowedOrigins,
    AllowedMethods: allowedMethods,
    ...(allowedHeaders.length > 0 && { AllowedHeaders: allowedHeaders }),
    ...(exposeHeaders.length > 0 && { ExposeHeaders: exposeHeaders }),
    ...(maxAgeSeconds > 0 && { MaxAgeSeconds: maxAgeSeconds }),
  }));
}

/** The observed rules in the words of a declaration. A rule's ID means nothing to browsers, and is not compared. */
export function corsFromApi(rules: readonly CORSRule[]): CorsRule[] {
  return rules.map(({ AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders, MaxAgeSeconds }) => ({
    allowedOrigins: AllowedOrigins ?? [],
    allowedMethods: AllowedMethods ?? [],
    allowedHeaders: AllowedHeaders ?? [],
    exposeHeaders: ExposeHeaders ?? [],
    maxAgeSeconds: MaxAgeSeconds ?? 0,
  }));
}
