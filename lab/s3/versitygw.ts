import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build, builtFolder } from "../../toolchain/build.ts";
import { logTail, runningPid, startInBackground, stopBackground } from "../background.ts";

/** An S3 server of the lab, and the keys of its root user. */
export interface S3Server {
  /** `http://127.0.0.1:<port>`; the same whenever this folder's server is started. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const REGION = "us-east-1";
const READY_MS = 20_000;

interface Files {
  data: string;
  versions: string;
  metadata: string;
  settings: string;
  pid: string;
  log: string;
}

/** Where the server of a folder keeps its things. */
function filesOf(folder: string): Files {
  return {
    data: join(folder, "data"),
    versions: join(folder, "versions"),
    // Beside the data: not every file system takes extended attributes.
    metadata: join(folder, "metadata"),
    settings: join(folder, "server.json"),
    pid: join(folder, "versitygw.pid"),
    log: join(folder, "versitygw.log"),
  };
}

/**
 * Starts versitygw, a real S3 server, on a port of its own, unless it runs; builds it first where that was not done yet.
 * Port and keys are made once per folder and stay. Buckets are in the folder and outlive the server.
 *
 * @param address that it listens on
 * @throws Error with the end of its log when it does not get ready
 */
export async function startS3(folder: string, address = "127.0.0.1"): Promise<S3Server> {
  await build(["versitygw"]);
  const files = filesOf(folder);
  for (const path of [files.data, files.versions, files.metadata]) await mkdir(path, { recursive: true });
  const server = (await readSettings(files)) ?? (await makeSettings(files, address));
  const program = join(builtFolder("versitygw"), "versitygw");
  await startInBackground({
    program,
    args: [
      ...["--port", new URL(server.endpoint).host, "--region", server.region, "--health", "/health", "--quiet"],
      ...["posix", "--versioning-dir", files.versions, "--sidecar", files.metadata, files.data],
    ],
    env: { ROOT_ACCESS_KEY_ID: server.accessKeyId, ROOT_SECRET_ACCESS_KEY: server.secretAccessKey },
    pidFile: files.pid,
    logFile: files.log,
  });
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(50)) {
    const answer = await fetch(`${server.endpoint}/health`).catch(() => undefined);
    if (answer?.ok) return server;
    if ((await runningPid(files.pid, program)) === undefined) break;
  }
  await stopBackground(files.pid, program);
  throw new Error(
    `versitygw does not get ready at ${server.endpoint}; the end of its log:\n${await logTail(files.log)}`,
  );
}

/** Stops the server of a folder, if it runs; its buckets stay. */
export async function stopS3(folder: string): Promise<void> {
  await stopBackground(filesOf(folder).pid, "versitygw");
}

/** The server of a folder as it was last started; undefined when it does not run. */
export async function s3Status(folder: string): Promise<S3Server | undefined> {
  const files = filesOf(folder);
  return (await runningPid(files.pid, "versitygw")) === undefined ? undefined : readSettings(files);
}

/** The file with endpoint and keys of a folder's server, readable by its owner alone; there once it was started. */
export function s3KeysFile(folder: string): string {
  return filesOf(folder).settings;
}

async function readSettings(files: Files): Promise<S3Server | undefined> {
  const text = await readFile(files.settings, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as S3Server);
}

async function makeSettings(files: Files, address: string): Promise<S3Server> {
  const server = {
    endpoint: `http://${address}:${await freePort(address)}`,
    region: REGION,
    accessKeyId: `lab${randomBytes(8).toString("hex")}`,
    secretAccessKey: randomBytes(24).toString("base64url"),
  };
  await writeFile(files.settings, `${JSON.stringify(server, null, 2)}\n`, { mode: 0o600 });
  return server;
}

/** A port that nobody listens on right now. */
function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, address, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
