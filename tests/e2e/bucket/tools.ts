import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/command.ts";
import { cacheRoot } from "../../../lab/places.ts";
import type { S3Server } from "../../../lab/s3/versitygw.ts";

const AWSCLI = "1.46.3";
const MOTO = "5.2.5";

/**
 * The programs of a virtual environment with the official AWS CLI, and moto, an S3 emulator that has what versitygw has
 * not (lifecycle rules, public access blocks). Made once and kept in the cache.
 *
 * Needs Debian's `python3` and `python3-venv`.
 */
export async function s3Tools(): Promise<{ aws: string; moto: string }> {
  const bin = join(cacheRoot(), "python", `s3-${AWSCLI}-${MOTO}`, "bin");
  if (!existsSync(join(bin, "../ready"))) {
    await run("python3", ["-m", "venv", "--clear", join(bin, "..")]);
    const packages = [`awscli==${AWSCLI}`, `moto[s3,server]==${MOTO}`];
    await run(join(bin, "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
    await run("touch", [join(bin, "../ready")]);
  }
  return { aws: join(bin, "aws"), moto: join(bin, "moto_server") };
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a person does.
type Json = any;

/** The AWS CLI with a store's keys: `aws("s3api", "get-bucket-cors", "--bucket", "x")`. */
export function awsCli(program: string, server: S3Server): (...args: string[]) => Promise<Json> {
  return async (...args) => {
    const text = await run(program, ["--endpoint-url", server.endpoint, "--output", "json", ...args], {
      env: {
        AWS_ACCESS_KEY_ID: server.accessKeyId,
        AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
        AWS_DEFAULT_REGION: server.region,
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      },
    });
    return /^\s*[{[]/.test(text) ? JSON.parse(text) : text;
  };
}

/** Starts moto on a port of its own; it keeps what it is told in memory, and takes any keys. */
export async function startMoto(program: string): Promise<S3Server & { stop(): Promise<void> }> {
  const child = spawn(program, ["--host", "127.0.0.1", "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.once("error", reject);
    child.once("close", () => reject(new Error(`moto_server ended:\n${said}`)));
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (address) resolve(address);
    });
  });
  return {
    ...{ endpoint, region: "us-east-1", accessKeyId: "moto-access", secretAccessKey: "moto-secret-key" },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
