/** Versions of the images that components run unless a stack says otherwise: upgraded here, for everybody. */
export const IMAGES = {
  caddy: "caddy:2.11.9",
  /** Caddy with the modules of DNS vendors. Built on the host that needs it: no registry has the name `localhost`. */
  caddyDns: "localhost/caddy-dns:2.11.9",
  n8n: "n8nio/n8n:2.41.3",
  postgres: "postgres:18.4",
  redis: "redis:8.0.2",
} as const;
