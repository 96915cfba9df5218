/** What Alloy's configuration is made from. */
export interface AlloyOptions {
  /** Label `host` of everything that this one brings. */
  host: string;
  /** Where Loki takes logs: `http://loki:3100/loki/api/v1/push`. */
  push: string;
  /** Proxies whose access logs are brought, with the path of each log in the container. */
  accessLogs: Readonly<Record<string, string>>;
}

/**
 * /etc/alloy/config.alloy. Pure. A line stays what the proxy wrote, JSON, with the time at which it says the request was;
 * `{job="access", host="core", proxy="edge"} | json` takes it apart.
 */
export function renderAlloyConfig({ host, push, accessLogs }: AlloyOptions): string {
  const targets = Object.entries(accessLogs).map(
    ([proxy, path]) => `    {__path__ = ${text(path)}, job = "access", proxy = ${text(proxy)}},`,
  );
  return `logging {
  level = "warn"
}

local.file_match "access" {
  sync_period  = "5s"
  path_targets = [
${targets.join("\n")}
  ]
}

loki.source.file "access" {
  targets    = local.file_match.access.targets
  forward_to = [loki.process.access.receiver]
}

loki.process "access" {
  stage.json {
    expressions = {ts = "ts"}
  }

  stage.timestamp {
    source = "ts"
    format = "Unix"
  }

  // The path on this host's own disk says nothing.
  stage.label_drop {
    values = ["filename"]
  }

  forward_to = [loki.write.loki.receiver]
}

loki.write "loki" {
  endpoint {
    url = ${text(push)}
  }
  external_labels = {host = ${text(host)}}
}
`;
}

/** A string as Alloy's language writes it, which is as JSON does. */
const text = (value: string): string => JSON.stringify(value);
