/** The API server as a process of its own, which outlives the command that started it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { logTail, runningPid, startInBackground, stopBackground } from "../background.ts";
import { type ApiFiles, ensureSecrets, readToken } from "./files.ts";

const FIRST_PORT = 8910;
const PORTS = 90;
const START_SECONDS = 60;
/** Actions that run get so long to end; what is left goes on at the next start. */
const STOP_MS = 15_000;

/** How clients reach the emulated cloud. */
export interface ApiAccess {
  /** With `/v1`, as `HCLOUD_ENDPOINT` wants it. */
  endpoint: string;
  token: string;
}

/**
 * Starts the API unless it answers already.
 *
 * @throws Error with the end of its log when it does not come up.
 */
export async function startApi(files: ApiFiles): Promise<ApiAccess> {
  ensureSecrets(files);
  const running = await runningApi(files);
  if (running) return running;
  for (const until = Date.now() + START_SECONDS * 1000; ; ) {
    const port = await freePort(existsSync(files.port) ? Number(readFileSync(files.port, "utf8")) : FIRST_PORT);
    const access = await startOn(port, files, until);
    if (access) return access;
    // Another lab that starts at this moment may have found the same port free.
    if (Date.now() < until && !(await isFree(port))) continue;
    throw new Error(`The lab's cloud API did not come up; the end of ${files.log}:\n${await logTail(files.log)}`);
  }
}

async function startOn(port: number, files: ApiFiles, until: number): Promise<ApiAccess | undefined> {
  writeFileSync(files.port, String(port));
  const args = [fileURLToPath(new URL("./server.ts", import.meta.url)), String(port)];
  await startInBackground({ program: process.execPath, args, pidFile: files.pid, logFile: files.log });
  for (; Date.now() < until; await sleep(50)) {
    const access = await runningApi(files);
    if (access) return access;
    if ((await runningPid(files.pid, process.execPath)) === undefined) return undefined;
  }
  return undefined;
}

export async function stopApi(files: ApiFiles): Promise<void> {
  // The pid file alone could name another Node process after a reboot; the API says its own pid.
  if (await runningApi(files)) await stopBackground(files.pid, process.execPath, STOP_MS);
}

/** The API of this lab if it runs: it has to answer, to our token, with the pid that we have written down. */
export async function runningApi(files: ApiFiles): Promise<ApiAccess | undefined> {
  if (!existsSync(files.port) || !existsSync(files.token)) return undefined;
  const token = readToken(files);
  const origin = `http://127.0.0.1:${readFileSync(files.port, "utf8").trim()}`;
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${origin}/_lab/health`, { headers, signal: AbortSignal.timeout(5000) });
    return response.ok ? { endpoint: `${origin}/v1`, token } : undefined;
  } catch {
    return undefined;
  }
}

/** The first port from `preferred` on that nobody listens on. */
async function freePort(preferred: number): Promise<number> {
  const others = Array.from({ length: PORTS }, (_, index) => FIRST_PORT + index);
  for (const port of [preferred, ...others]) {
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free for the lab's cloud API`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
