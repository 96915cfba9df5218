/** What an S3 endpoint does to a deployment at its worst: versitygw behind a proxy that fails. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type S3Server, startS3, stopS3 } from "../../lab/s3/versitygw.ts";
import { type Fault, FaultyProxy, firstOnes } from "../e2e/bucket/faulty-proxy.ts";
import { awsCli, s3Tools } from "../e2e/bucket/tools.ts";
import type { Project } from "../e2e/harness/project.ts";
import { errorsOf, stepsOf, up, withProject } from "./apis/as-quay.ts";

describe.concurrent("S3", () => {
  const folder = mkdtempSync(join(tmpdir(), "quayside-s3-faults-"));
  const CORS = [{ allowedOrigins: ["https://app.example.org"], allowedMethods: ["GET", "PUT"], maxAgeSeconds: 600 }];
  let server: S3Server;
  let aws: ReturnType<typeof awsCli>;
  beforeAll(async () => {
    const [started, { aws: program }] = await Promise.all([startS3(folder), s3Tools()]);
    server = started;
    aws = awsCli(program, server);
  });
  afterAll(async () => {
    await stopS3(folder);
    rmSync(folder, { recursive: true, force: true });
  });

  const withStore = (work: (project: Project, proxy: FaultyProxy) => Promise<void>) =>
    withProject(async (project) => {
      const proxy = await FaultyProxy.start(server.endpoint);
      try {
        await work(project, proxy);
      } finally {
        await proxy.stop();
      }
    });

  /** A program with buckets of these names. */
  function declare(project: Project, names: readonly string[], args: object): Promise<unknown> {
    const { region, accessKeyId, secretAccessKey } = server;
    const all = { region, accessKeyId, secretAccessKey, ...args };
    const bucket = (name: string) => `new quayside.Bucket("${name}", ${JSON.stringify({ bucket: name, ...all })});`;
    return project.program(names.map(bucket).join("\n"));
  }

  const corsOf = async (bucket: string) => (await aws("s3api", "get-bucket-cors", "--bucket", bucket)).CORSRules;

  it("refuses a wrong key in one sentence that says what to check", () =>
    withStore(async (project, { endpoint }) => {
      const secretAccessKey = "another-secret-than-the-store-has";
      await declare(project, ["faults-key"], { endpoint, secretAccessKey });
      const run = await up(project);
      const said = errorsOf(run).filter(({ message }) =>
        message.includes("the endpoint does not accept the access key"),
      );
      expect(said.map(({ name }) => name)).toEqual(["faults-key"]);
      expect(run.output).toContain("Check that accessKeyId and secretAccessKey belong together");
      expect(run.output).not.toContain(secretAccessKey);
    }));

  it("in passing is waited out: limits, faults, silence, half an answer, and one that got lost", () =>
    withStore(async (project, proxy) => {
      const faults = [
        { status: 503, code: "SlowDown" },
        { status: 429, code: "TooManyRequests" },
        { status: 500, code: "InternalError" },
      ];
      const setting = firstOnes([...faults, "silence", "half an answer"], ({ query }) => query.startsWith("cors"));
      const making = firstOnes(["reset", "lost answer"], ({ method, query }) => method === "PUT" && query === "");
      proxy.fault = (request) => making(request) ?? setting(request);
      await declare(project, ["faults-passing"], { endpoint: proxy.endpoint, cors: CORS });
      expect(stepsOf(await up(project))).toEqual(["create faults-passing"]);
      expect(proxy.seen.filter((line) => /^PUT \/faults-passing\/?$/.test(line))).toHaveLength(3);
      expect(await corsOf("faults-passing")).toHaveLength(1);
      proxy.fault = firstOnes(["reset", { status: 503, code: "SlowDown" }], ({ method }) => method === "DELETE");
      await project.destroy();
      await expect(aws("s3api", "head-bucket", "--bucket", "faults-passing")).rejects.toThrow("404");
    }));

  it("for good is one clear error each, and half a bucket is completed by the next run", () =>
    withStore(async (project, proxy) => {
      const cases: Record<string, readonly [Fault, string]> = {
        "faults-slow": [
          { status: 503, code: "SlowDown" },
          "too many requests: the endpoint still said so (SlowDown, 503)",
        ],
        "faults-many": [
          { status: 429, code: "TooManyRequests" },
          "too many requests: the endpoint still said so (TooManyRequests, 429)",
        ],
        "faults-own": [{ status: 500, code: "InternalError" }, "the endpoint itself fails (InternalError, 500)"],
        "faults-denied": [{ status: 403, code: "AccessDenied" }, "the key may not do that (AccessDenied, 403)"],
        "faults-silent": ["silence", `${proxy.endpoint} does not answer (`],
      };
      const names = Object.keys(cases);
      proxy.fault = ({ method, path, query }) => {
        const broken = cases[path.split("/")[1] ?? ""];
        return broken && method === "PUT" && query.startsWith("cors") ? broken[0] : undefined;
      };
      await declare(project, names, { endpoint: proxy.endpoint, tags: { half: "made" }, cors: CORS });
      const failed = await project.up({ mayFail: true, args: ["--continue-on-error"] });
      expect(failed.code).not.toBe(0);
      const errors = errorsOf(failed).filter(({ name }) => name in cases);
      expect(errors.map(({ name }) => name).sort()).toEqual([...names].sort());
      for (const { name, message } of errors) {
        const said = `bucket ${name} at ${proxy.endpoint}: cannot set its CORS rules: ${cases[name]?.[1]}`;
        expect(message).toContain(said);
      }
      proxy.fault = () => undefined;
      expect(stepsOf(await project.up())).toEqual(names.map((name) => `create ${name}`).sort());
      for (const name of names) expect(await corsOf(name)).toHaveLength(1);
      expect((await project.preview({ refresh: true })).steps).toEqual([]);
    }));
});
