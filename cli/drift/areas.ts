/** What kind of thing a resource is, to somebody who asks whether all is well. */
export const AREAS = [
  "cloud",
  "hosts",
  "containers",
  "routes",
  "names",
  "mesh",
  "buckets",
  "repositories",
  "other",
] as const;
export type Area = (typeof AREAS)[number];

/** By type; the first that fits. */
const PATTERNS: readonly [RegExp, Area][] = [
  [/^hcloud:index\/zone|^cloudflare:|dns/i, "names"],
  [/^hcloud:|^quayside:hetzner:/, "cloud"],
  [/:(ComposeProject|DockerNetwork)$/, "containers"],
  [/:Probe$/, "routes"],
  [/mesh/i, "mesh"],
  [/bucket/i, "buckets"],
  [/^github:/, "repositories"],
  [/^quayside:host:/, "hosts"],
];

export function areaOf(type: string): Area {
  return PATTERNS.find(([pattern]) => pattern.test(type))?.[1] ?? "other";
}
