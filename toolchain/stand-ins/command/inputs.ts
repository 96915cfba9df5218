import { type Decoded, type Path, type Properties, UNKNOWN, type Value } from "../../../provider/engine/values.ts";

/** What can be said of a connection, with the official plugin's defaults. */
const CONNECTION_DEFAULTS: Properties = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
const CONNECTION_KEYS = [
  "agentSocketPath",
  "dialErrorLimit",
  "host",
  "hostKey",
  "password",
  "perDialTimeout",
  "port",
  "privateKey",
  "privateKeyPassword",
  "user",
];
const COMMAND_KEYS = [
  "addPreviousOutputInEnv",
  "create",
  "delete",
  "environment",
  "logging",
  "stdin",
  "triggers",
  "update",
];
const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"];

export interface Fault {
  path: string;
  reason: string;
}

/** Inputs of `command:remote:Command` as the plugin keeps them: defaults filled in, the connection secret. */
export function checkCommand(news: Decoded): { properties: Properties; secrets: Path[]; faults: Fault[] } {
  const { connection, ...rest } = news.properties;
  const faults = unknownKeys(rest, COMMAND_KEYS, "");
  const { logging } = rest;
  if (typeof logging === "string" && !LOGGING.includes(logging)) {
    faults.push({ path: "logging", reason: `must be one of ${LOGGING.join(", ")}` });
  }
  const secrets: Path[] = [...news.secrets.filter(([first]) => first !== "connection"), ["connection"]];
  return { properties: { ...rest, connection: checkConnection(connection, "connection", faults) }, secrets, faults };
}

function checkConnection(value: Value | undefined, path: string, faults: Fault[]): Value {
  if (value === UNKNOWN) return value;
  if (value === undefined || value === null || typeof value !== "object" || Array.isArray(value)) {
    faults.push({ path, reason: "is required" });
    return null;
  }
  const { proxy, ...own } = value;
  faults.push(...unknownKeys(own, CONNECTION_KEYS, `${path}.`));
  if (own.host === undefined) faults.push({ path: `${path}.host`, reason: "is required" });
  const checked = { ...CONNECTION_DEFAULTS, ...own };
  return proxy === undefined ? checked : { ...checked, proxy: checkConnection(proxy, `${path}.proxy`, faults) };
}

function unknownKeys(properties: Properties, known: readonly string[], prefix: string): Fault[] {
  return Object.keys(properties)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path: `${prefix}${key}`, reason: "is unknown" }));
}
