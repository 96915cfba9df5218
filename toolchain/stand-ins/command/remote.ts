import type { Client as ClientType, ConnectConfig } from "ssh2";
import ssh2 from "ssh2";
import { encodeHostKey, normaliseHostKey } from "../../../provider/transport/host-keys.ts";

export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  hostKey?: string;
  dialErrorLimit: number;
  perDialTimeout: number;
  proxy?: Endpoint;
}

export interface Invocation {
  command: string;
  stdin: string | undefined;
  environment: Readonly<Record<string, string>>;
  /** Output as it comes, a line each, where the inputs ask for it. */
  onLine?: { stdout?: (line: string) => void; stderr?: (line: string) => void };
}

export interface Outcome {
  stdout: string;
  stderr: string;
}

/** Opens a connection of its own, runs one command, closes it: as the official plugin does. */
export async function runRemote(
  endpoint: Endpoint,
  invocation: Invocation,
  retrying: (message: string) => void,
): Promise<Outcome> {
  const clients: ClientType[] = [];
  try {
    const client = await dial(endpoint, clients, retrying);
    return await execute(client, invocation);
  } finally {
    for (const client of clients.reverse()) client.end();
  }
}

async function dial(
  endpoint: Endpoint,
  clients: ClientType[],
  retrying: (message: string) => void,
): Promise<ClientType> {
  const proxy = endpoint.proxy && (await dial(endpoint.proxy, clients, retrying));
  for (let attempt = 1; ; attempt++) {
    try {
      const client = await connect(endpoint, proxy);
      clients.push(client);
      return client;
    } catch (error) {
      if (endpoint.dialErrorLimit > -1 && attempt > endpoint.dialErrorLimit) {
        throw new Error(`after ${attempt - 1} failed attempts: ${(error as Error).message}`);
      }
      retrying(`Dial ${attempt}/${endpoint.dialErrorLimit === -1 ? "inf" : endpoint.dialErrorLimit} failed: retrying`);
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 1.5 ** attempt, 5000)));
    }
  }
}

async function connect(endpoint: Endpoint, proxy: ClientType | undefined): Promise<ClientType> {
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  const hostKey = endpoint.hostKey === undefined ? undefined : normaliseHostKey(endpoint.hostKey);
  const config: ConnectConfig = {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: endpoint.perDialTimeout * 1000,
    ...(endpoint.privateKey !== undefined && {
      privateKey: endpoint.privateKey,
      passphrase: endpoint.privateKeyPassword,
    }),
    ...(endpoint.password !== undefined && { password: endpoint.password }),
    ...(agent !== undefined && { agent }),
    // No key given, no key checked: that is how the official plugin works, and why HostCommand insists on one.
    hostVerifier: (key: Buffer) => hostKey === undefined || encodeHostKey(key) === hostKey,
    ...(hostKey !== undefined && { algorithms: { serverHostKey: [hostKey.split(" ")[0]] as never } }),
    ...(proxy && { sock: await tunnel(proxy, endpoint) }),
  };
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.once("error", (error) => {
      client.end();
      reject(new Error(`ssh: ${error.message}`));
    });
    client.once("ready", () => resolve(client));
    client.connect(config);
  });
}

function tunnel(proxy: ClientType, { host, port }: Endpoint): Promise<NonNullable<ConnectConfig["sock"]>> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

function execute(client: ClientType, { command, stdin, environment, onLine }: Invocation): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: { ...environment } }, (error, channel) => {
      if (error) return reject(error);
      let both = "";
      const collect = (stream: NodeJS.ReadableStream, show: ((line: string) => void) | undefined) => {
        const collected = { text: "" };
        stream.setEncoding("utf8");
        stream.on("data", (chunk: string) => {
          collected.text += chunk;
          both += chunk;
          if (show) for (const line of chunk.split("\n")) if (line !== "") show(line);
        });
        return collected;
      };
      const stdout = collect(channel, onLine?.stdout);
      const stderr = collect(channel.stderr, onLine?.stderr);
      let status = "the connection was lost";
      channel.on("exit", (code: number | null, signal?: string) => {
        status =
          code === null
            ? `Process exited with signal ${signal}`
            : code === 0
              ? ""
              : `Process exited with status ${code}`;
      });
      channel.on("close", () => {
        if (status !== "") return reject(new Error(`${status}: running ${JSON.stringify(command)}:\n${both}`));
        resolve({ stdout: stdout.text.replace(/\n$/, ""), stderr: stderr.text.replace(/\n$/, "") });
      });
      channel.end(stdin ?? "");
    });
  });
}
