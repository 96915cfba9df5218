import type { ApiAccess } from "./api/process.ts";

/** One machine of the lab, as someone needs it who wants to log in. */
export interface LabHost {
  name: string;
  /** Public IPv4 address, else the first private one; null when it has none. */
  address: string | null;
  user: "root";
  /** Private key file that lets in. */
  keyFile: string;
  /** As the cloud's API says: `running`, `off`, `initializing` ...; `stopped` while the lab is. */
  state: string;
  labels: Record<string, string>;
}

export interface LabStatus {
  name: string;
  /** State folder of the lab. */
  folder: string;
  running: boolean;
  /** Null while the lab is stopped. */
  api: ApiAccess | null;
  registry: { address: string; running: boolean };
  /** The S3 server, and the file with its keys; null where none was asked for yet. */
  s3: { endpoint: string; keysFile: string; running: boolean } | null;
  hosts: LabHost[];
}

/** What `quay lab status` prints. Ends without a line break; the API's token is never shown. */
export function renderLabStatus(status: LabStatus): string {
  const facts = [
    ["Lab", `${status.name}, ${status.running ? "running" : "stopped"}`],
    ["State folder", status.folder],
    ["Cloud API", status.api?.endpoint ?? "stopped"],
    ["Registry", status.registry.running ? status.registry.address : "stopped"],
    ["S3", describeS3(status.s3)],
  ];
  const lines = table(facts);
  if (status.hosts.length === 0) return [...lines, "", "No hosts."].join("\n");
  const rows = status.hosts.map((host) => [
    host.name,
    host.address ?? "-",
    host.state,
    Object.entries(host.labels)
      .map(([key, value]) => (value === "" ? key : `${key}=${value}`))
      .join(","),
  ]);
  const [first] = status.hosts;
  const login = first?.address ? `Log in: ssh -i ${first.keyFile} root@${first.address}` : "";
  return [
    ...lines,
    "",
    ...table([["HOST", "ADDRESS", "STATE", "LABELS"], ...rows]),
    ...(login ? ["", login] : []),
  ].join("\n");
}

function describeS3(s3: LabStatus["s3"]): string {
  if (s3 === null) return "none (quay lab start --s3)";
  return s3.running ? `${s3.endpoint}, keys in ${s3.keysFile}` : "stopped";
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
