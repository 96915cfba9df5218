import type { Fault } from "../component.ts";

/** A container image, taken apart. */
export interface ImageReference {
  /** Name with its registry, where one is given: `ghcr.io/acme/app`. */
  name: string;
  tag: string;
  /** `sha256:…`; undefined where it is pinned by tag only. */
  digest: string | undefined;
}

/** Reads `postgres:18.4` or `ghcr.io/acme/app:1.2.0@sha256:…`, or says what is wrong with it. */
export function parseImage(text: string, path = "image"): ImageReference | Fault {
  const shown = JSON.stringify(text);
  const [, name, tag, digest] =
    /^([a-z0-9][a-z0-9._/-]*?(?::\d+(?=\/)[a-z0-9._/-]+)?)(?::([\w][\w.-]{0,127}))?(?:@(.+))?$/.exec(text) ?? [];
  if (name === undefined) return { path, reason: `is ${shown}, not an image; postgres:18.4 is one` };
  if (tag === undefined) {
    return { path, reason: `is ${shown}, which names no version; add the tag that was tested, such as ${name}:1.2.0` };
  }
  if (tag === "latest") {
    return {
      path,
      reason: `is ${shown}, another version every day; name the tag that was tested, such as ${name}:1.2.0`,
    };
  }
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return { path, reason: `is ${shown}; a digest is sha256: and 64 hexadecimal digits` };
  }
  return { name, tag, digest };
}

export function isFault(value: ImageReference | Fault): value is Fault {
  return "reason" in value;
}
