/** Something went wrong on, or on the way to, a host. The message is complete: what, where, and what to do. */
export class HostError extends Error {
  override readonly name = "HostError";
}

/** Replaces every secret in a text, so that a tool's own message can be shown. */
export function redact(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    result = result.replaceAll(secret, "[secret]");
    result = result.replaceAll(Buffer.from(secret).toString("base64"), "[secret]");
  }
  return result;
}
