/** Who issues the certificates of a proxy. Made by `internalCa` and `http01`. */
export type Issuer = { kind: "internal" } | { kind: "http01"; email: string; directory?: string };

/** Caddy's own authority, which nobody else trusts: for a lab, or behind another proxy. */
export function internalCa(): Issuer {
  return { kind: "internal" };
}

/**
 * Let's Encrypt or another ACME authority, which asks over port 80 for a proof that the hostname is ours.
 *
 * @param options.email who is told when a certificate is about to expire
 * @param options.directory the authority's directory URL. @default Let's Encrypt's
 */
export function http01(options: { email: string; directory?: string }): Issuer {
  return { kind: "http01", ...options };
}
