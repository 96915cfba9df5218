/** Where the container keeps what it stores. */
export const LOKI_DATA = "/loki";

/** /etc/loki/config.yaml (YAML accepts JSON) of one Loki for itself, on the file system. Pure. @param days kept */
export function renderLokiConfig(days: number): string {
  const config = {
    // Who reaches it may write and read; its networks say who that is.
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: { http_listen_port: 3100, grpc_listen_address: "127.0.0.1", log_level: "warn" },
    common: {
      instance_addr: "127.0.0.1",
      path_prefix: LOKI_DATA,
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: { filesystem: { chunks_directory: `${LOKI_DATA}/chunks`, rules_directory: `${LOKI_DATA}/rules` } },
    },
    // A schema is for what is stored from that day on; one that was used cannot be changed any more.
    schema_config: {
      configs: [
        {
          from: "2025-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    compactor: {
      working_directory: `${LOKI_DATA}/compactor`,
      retention_enabled: true,
      delete_request_store: "filesystem",
    },
    limits_config: { retention_period: `${days * 24}h` },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
