/** Versions of the images that components run unless a stack says otherwise: upgraded here, for everybody. */
export const IMAGES = {
  alloy: "grafana/alloy:v1.10.0",
  caddy: "caddy:2.11.9",
  loki: "grafana/loki:3.7.8",
  n8n: "n8nio/n8n:2.41.3",
  postgres: "postgres:18.4",
  redis: "redis:8.0.2",
} as const;
