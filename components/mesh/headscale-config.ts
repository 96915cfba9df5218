import { MESH_RANGES } from "./ranges.ts";

/** What Headscale's configuration is made from. */
export interface HeadscaleOptions {
  /** How members reach it: `https://vpn.example.org`. */
  url: string;
  /** Address and port that it listens on. */
  listen: string;
  /** Domain of members' names. */
  domain: string;
  /** Public address of the hub, for the relay's entry; a DNS name gets none. */
  address: string;
  /** Folder with `certificate.pem` and `key.pem`; undefined where a proxy ends TLS. */
  certificates?: string;
  /** Addresses of the proxy, whose word on who connects counts. */
  proxies: readonly string[];
  /** Name servers for names that are not the mesh's. @default members keep their own */
  nameservers: readonly string[];
}

export const CONFIG_FOLDER = "/etc/headscale";
export const DATA_FOLDER = "/var/lib/headscale";
export const RECORDS_FILE = `${CONFIG_FOLDER}/records.json`;

/** /etc/headscale/config.yaml (YAML accepts JSON). Nothing in it asks or tells anybody but the mesh's own members. */
export function renderHeadscaleConfig(options: HeadscaleOptions): string {
  const { url, listen, domain, address, certificates, proxies, nameservers } = options;
  const [v4, v6] = MESH_RANGES;
  const config = {
    server_url: url,
    listen_addr: listen,
    metrics_listen_addr: "127.0.0.1:9090",
    grpc_listen_addr: "127.0.0.1:50443",
    trusted_proxies: proxies,
    noise: { private_key_path: `${DATA_FOLDER}/noise_private.key` },
    prefixes: { v4, v6, allocation: "sequential" },
    derp: {
      server: {
        enabled: true,
        region_id: 999,
        region_code: "hub",
        region_name: "Hub",
        verify_clients: true,
        stun_listen_addr: "0.0.0.0:3478",
        private_key_path: `${DATA_FOLDER}/derp_server_private.key`,
        automatically_add_embedded_derp_region: true,
        ...(/^[\d.]+$/.test(address) && { ipv4: address }),
        ...(address.includes(":") && { ipv6: address }),
      },
      urls: [],
      paths: [],
      auto_update_enabled: false,
    },
    disable_check_updates: true,
    database: { type: "sqlite", sqlite: { path: `${DATA_FOLDER}/db.sqlite`, write_ahead_log: true } },
    tls_cert_path: certificates ? `${certificates}/certificate.pem` : "",
    tls_key_path: certificates ? `${certificates}/key.pem` : "",
    policy: { mode: "database" },
    dns: {
      magic_dns: true,
      base_domain: domain,
      override_local_dns: nameservers.length > 0,
      nameservers: { global: nameservers, split: {} },
      search_domains: [],
      extra_records_path: RECORDS_FILE,
    },
    unix_socket: "/run/headscale/headscale.sock",
    unix_socket_permission: "0770",
    log: { level: "warn", format: "text" },
    logtail: { enabled: false },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Names that only the mesh resolves, as Headscale reads them. */
export interface MeshRecord {
  name: string;
  type: "A" | "AAAA";
  value: string;
}

/** /etc/headscale/records.json; Headscale takes up a change by itself. */
export function renderRecords(records: readonly MeshRecord[]): string {
  const sorted = records.toSorted((a, b) => (`${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}
