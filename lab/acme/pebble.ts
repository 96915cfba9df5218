/** A certificate authority that speaks ACME: Pebble, Let's Encrypt's own server for tests. */
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "../../toolchain/build.ts";
import { run } from "../command.ts";

export interface AcmeServer {
  directory: string;
  /** Certificate (PEM) of its own HTTPS, for `names` too. */
  certificate: string;
  key: string;
  /** Certificate (PEM) of the authority that issues. */
  issuer: string;
  /** What it said so far. */
  log(): string;
  stop(): void;
}

/**
 * Starts it; it looks hosts and proofs up at `nameServer`, and asks hosts at port 80.
 *
 * @param folder for its files
 * @param names that its HTTPS certificate is good for as well
 */
export async function startPebble(
  folder: string,
  address: string,
  nameServer: string,
  names: readonly string[],
): Promise<AcmeServer> {
  const [programs = ""] = await build(["pebble"]);
  const [port, management] = [await freePort(address), await freePort(address)];
  const [certificateFile, keyFile, configFile] = ["server.pem", "server.key", "pebble.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const alternatives = [`IP:${address}`, ...names.map((name) => `DNS:${name}`)].join(",");
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"],
    ...["-subj", "/CN=lab ACME server", "-addext", `subjectAltName=${alternatives}`],
    ...["-keyout", keyFile, "-out", certificateFile],
  ]);
  const config = {
    listenAddress: `${address}:${port}`,
    managementListenAddress: `${address}:${management}`,
    certificate: certificateFile,
    privateKey: keyFile,
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: "",
    externalAccountBindingRequired: false,
  };
  await writeFile(configFile, JSON.stringify({ pebble: config }));
  const child = spawn(join(programs, "pebble"), ["-config", configFile, "-dnsserver", nameServer], {
    env: { PEBBLE_VA_NOSLEEP: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log += chunk.toString("utf8");
    });
  }
  const certificate = await readFile(certificateFile, "utf8");
  try {
    const issuer = await untilAnswered(`https://${address}:${management}/roots/0`, certificate, () => {
      if (child.exitCode !== null) throw new Error(`pebble ended:\n${log.slice(-2000)}`);
    });
    return {
      directory: `https://${address}:${port}/dir`,
      certificate,
      key: await readFile(keyFile, "utf8"),
      issuer,
      log: () => log,
      stop: () => void child.kill(),
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

async function untilAnswered(url: string, ca: string, check: () => void): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    check();
    try {
      return await get(url, ca);
    } catch (error) {
      if (attempt === 100) throw error;
      await pause(100);
    }
  }
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    });
    sent.on("error", reject);
    sent.end();
  });
}

function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, address, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
