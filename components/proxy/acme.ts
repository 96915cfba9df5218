import type * as pulumi from "@pulumi/pulumi";

/** What issuers that speak ACME have in common. */
export interface AcmeOptions {
  /** Who is told when a certificate is about to expire. */
  email: string;
  /** The authority's directory URL. @default Let's Encrypt's */
  directory?: string;
  /** Certificate (PEM) that the authority's own HTTPS is trusted by, for one of your own. @default the system's */
  root?: string;
}

/** Who issues the certificates of a proxy. Made by `internalCa`, `http01` and `dns01`. */
export type Issuer =
  | { kind: "internal" }
  | ({ kind: "http01" } & AcmeOptions)
  | ({ kind: "dns01"; provider: DnsProvider; resolvers?: readonly string[] } & AcmeOptions);

/** An account at a DNS vendor that may write the records by which DNS-01 is proven. */
export interface DnsProvider {
  /** Name of Caddy's module: `cloudflare`, `hetzner`, `ovh`. */
  name: string;
  /** Settings of the module, with the variable that holds each; one that is unnamed is the module's only argument. */
  settings: Readonly<Record<string, string>>;
  /** The variables. They reach the proxy in a file for root only. */
  variables: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A zone whose account may prove that its names are ours: `DnsZone`. */
export interface ChallengeZone {
  /** The account. */
  readonly challenge: DnsProvider;
}

/** Caddy's own authority, which nobody else trusts: for a lab, or behind another proxy. */
export function internalCa(): Issuer {
  return { kind: "internal" };
}

/** Let's Encrypt or another ACME authority, which asks over port 80 for a proof that the hostname is ours. */
export function http01(options: AcmeOptions): Issuer {
  return { kind: "http01", ...options };
}

/**
 * Let's Encrypt or another ACME authority, which looks for the proof in DNS: for hostnames that are not published, hosts
 * that port 80 does not reach, and wildcards. Caddy needs the DNS vendor's module for it; an image that has it is built on
 * the host.
 *
 * @param account a zone; or an account, from `cloudflareDns`, `hetznerDns` or `ovhDns`
 * @param options.resolvers DNS servers (`9.9.9.9`, `10.0.0.1:5353`) that say when a record is there. @default the zone's own
 * @example
 * ```ts
 * acme: dns01(zone, { email: "ops@example.org" })
 * ```
 */
export function dns01(
  account: DnsProvider | ChallengeZone,
  options: AcmeOptions & { resolvers?: readonly string[] },
): Issuer {
  return { kind: "dns01", provider: "settings" in account ? account : account.challenge, ...options };
}

/** Cloudflare, as an account for `dns01`. @param options.token an API token that may read the zone and edit its DNS */
export function cloudflareDns(options: { token: pulumi.Input<string> }): DnsProvider {
  return {
    name: "cloudflare",
    settings: { api_token: "CLOUDFLARE_API_TOKEN" },
    variables: { CLOUDFLARE_API_TOKEN: options.token },
  };
}

/**
 * DNS of the Hetzner Cloud, as an account for `dns01`. Hetzner's tokens are good for everything in their project, servers
 * too, and this one is on the host (for root alone): a zone in a project of its own keeps the rest apart.
 *
 * @param options.token an API token (Cloud Console, read and write) of the project that the zone is in
 */
export function hetznerDns(options: { token: pulumi.Input<string> }): DnsProvider {
  return { name: "hetzner", settings: { "": "HCLOUD_TOKEN" }, variables: { HCLOUD_TOKEN: options.token } };
}

/**
 * OVH's signed API, as an account for `dns01`.
 *
 * @param options.endpoint `ovh-eu`, `ovh-ca`, ... or a URL. @default "ovh-eu"
 */
export function ovhDns(options: {
  endpoint?: string;
  applicationKey: pulumi.Input<string>;
  applicationSecret: pulumi.Input<string>;
  consumerKey: pulumi.Input<string>;
}): DnsProvider {
  return {
    name: "ovh",
    settings: {
      endpoint: "OVH_ENDPOINT",
      application_key: "OVH_APPLICATION_KEY",
      application_secret: "OVH_APPLICATION_SECRET",
      consumer_key: "OVH_CONSUMER_KEY",
    },
    variables: {
      OVH_ENDPOINT: options.endpoint ?? "ovh-eu",
      OVH_APPLICATION_KEY: options.applicationKey,
      OVH_APPLICATION_SECRET: options.applicationSecret,
      OVH_CONSUMER_KEY: options.consumerKey,
    },
  };
}
