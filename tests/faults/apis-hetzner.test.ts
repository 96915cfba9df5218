/** What Hetzner's API does to a deployment at its worst, through the real plugin. */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { ApiAccess } from "../../cli/interrupted/hetzner.ts";
import type { FaultInput } from "../../lab/api/faults.ts";
import { type EmulatedCloud, startEmulatedCloud } from "../e2e/harness/emulated-cloud.ts";
import type { Project } from "../e2e/harness/project.ts";
import { closedPort, errorsOf, givenUp, startGate, stepsOf, up, watched, withProject } from "./apis/as-quay.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5p2SVkmPaIw1u0p8qTz3E0nX9bYc0o1m2d3e4f5g6h";
const components = resolve(import.meta.dirname, "../../components");

describe.concurrent("Hetzner", () => {
  const ONE_OF_EACH = [1, 2, 1, 1, 1, 1, 1];

  interface Hetzner {
    project: Project;
    emulated: EmulatedCloud;
    access: ApiAccess;
    fault(input: FaultInput): void;
    declare(changes?: Partial<ApiAccess>): Promise<unknown>;
    counts(): number[];
  }

  const withHetzner = (work: (hetzner: Hetzner) => Promise<void>) =>
    withProject(async (project) => {
      const emulated = await startEmulatedCloud();
      const access = { endpoint: emulated.env.HCLOUD_ENDPOINT, token: emulated.env.HCLOUD_TOKEN };
      try {
        await work({
          ...{ project, emulated, access },
          fault: (input) => void emulated.cloud.faults.add(input),
          declare: (changes) => project.program(program({ ...access, ...changes })),
          counts: () => Object.values(emulated.thingsOf("test")).map((things) => things.length),
        });
      } finally {
        emulated.cloud.faults.clear();
        await emulated.stop();
      }
    });

  const program = ({ endpoint, token }: ApiAccess) => `
    import { HetznerCloud } from ${JSON.stringify(`${components}/server/hetzner-cloud.ts`)};
    import { HetznerServer } from ${JSON.stringify(`${components}/server/hetzner-server.ts`)};
    const cloud = new HetznerCloud("hetzner", { token: "${token}", endpoint: "${endpoint}", deployKey: "${KEY}",
      network: { ipRange: "10.9.0.0/16" }, ephemeral: true });
    new HetznerServer("core", { cloud, type: ["cx23"], location: ["fsn1"], sshFrom: ["203.0.113.7/32"], volume: { size: 10 } });`;

  it("refuses a wrong token in one sentence that says where another one is made", () =>
    withHetzner(async ({ project, access, declare, counts }) => {
      const wrong = { ...access, token: "w".repeat(64) };
      await declare(wrong);
      const run = await up(project, wrong);
      expect(run.code).not.toBe(0);
      for (const { message } of errorsOf(run)) expect(message).toMatch(/unable to authenticate|refuses the token/);
      expect(run.said).toEqual([expect.stringMatching(/^Hetzner does not accept the token\. .* hcloud\.token\.$/)]);
      expect(run.output + run.said).not.toContain(wrong.token);
      await declare();
      expect(errorsOf(await up(project, access))).toEqual([]);
      expect(counts()).toEqual(ONE_OF_EACH);
    }));

  it("in passing is waited out: its limit, its gateway's faults, an answer that takes long", () =>
    withHetzner(async ({ project, emulated, access, fault, declare, counts }) => {
      fault({ kind: "http", status: 502, times: 2, request: "POST .*/networks$" });
      fault({ kind: "http", status: 504, request: "POST .*/ssh_keys$" });
      fault({ kind: "http", status: 429, times: 2, request: "POST .*/servers$" });
      fault({ kind: "http", status: 409, request: "POST .*/volumes$" });
      fault({ kind: "slow", delayMs: 20_000, request: "POST .*/placement_groups$" });
      emulated.cloud.rateLimit.setRemaining(3);
      await declare();
      const run = await up(project, access);
      expect(errorsOf(run)).toEqual([]);
      expect(emulated.cloud.faults.list()).toEqual([]);
      expect(counts()).toEqual(ONE_OF_EACH);
      emulated.cloud.rateLimit.setRemaining(3600);
      expect((await project.preview({ refresh: true })).steps).toEqual([]);
    }));

  it("for good is one error with its words and what to do, and the next run goes on from there", () =>
    withHetzner(async ({ project, emulated, access, fault, declare, counts }) => {
      fault({ kind: "http", status: 503, times: 1000 });
      await declare();
      const run = await up(project, access);
      expect(run.code).not.toBe(0);
      for (const { message } of errorsOf(run))
        expect(message).toMatch(/injected fault[\s\S]*server_error|answered 503/);
      expect(run.said).toEqual([expect.stringMatching(/^Hetzner itself fails \(503\)\. .* Run again later: /)]);
      emulated.cloud.faults.clear();
      // What it began before the answer came is gone, and the action says why.
      fault({ kind: "action", command: "create_server", message: "no capacity" });
      const second = await up(project, access);
      expect(new Set(errorsOf(second).map(({ name }) => name))).toEqual(new Set(["core-server"]));
      for (const { message } of errorsOf(second)) expect(message).toContain("no capacity");
      expect(second.said).toEqual([
        expect.stringMatching(/was interrupted while creating hetzner-[\w-]+, .*: done again as needed/),
        expect.stringContaining("Hetzner has given up on core-server: taken out"),
      ]);
      expect(errorsOf(await up(project, access))).toEqual([]);
      expect(counts()).toEqual(ONE_OF_EACH);
      expect((await project.preview({ refresh: true })).steps).toEqual([]);
    }));

  it("whose answers get lost has made what it made: it is taken over, and nothing is there twice", () =>
    withHetzner(async ({ project, access, fault, declare, counts }) => {
      fault({ kind: "hang-up", after: true, request: "POST .*/placement_groups$" });
      // Asked again, it says that the name is taken.
      fault({ kind: "http", status: 504, after: true, request: "POST .*/ssh_keys$" });
      // Nor can it be asked what there is, once the run has failed.
      fault({ kind: "http", status: 503, request: "GET /v1/locations$" });
      await declare();
      const first = await up(project, access);
      expect(first.said).toEqual([expect.stringMatching(/^Hetzner itself fails \(503\)\./)]);
      fault({ kind: "hang-up", after: true, request: "POST .*/servers$" });
      const second = await up(project, access);
      expect(second.said).toEqual([
        expect.stringMatching(/after Hetzner had made hetzner-[\w-]+, hetzner-[\w-]+: taken into the stack/),
        expect.stringContaining("after Hetzner had made core-server: taken into the stack"),
      ]);
      const third = await up(project, access);
      expect(errorsOf(third)).toEqual([]);
      expect(stepsOf(third).filter((step) => !step.startsWith("create"))).toEqual([]);
      expect(stepsOf(third).join()).not.toMatch(/create (hetzner-|core-server)/);
      expect(counts()).toEqual(ONE_OF_EACH);
      expect((await project.preview({ refresh: true })).steps).toEqual([]);
    }));

  it("that takes requests and never answers is given up: the run ends with that, and the next one goes on", () =>
    withHetzner(async ({ project, access, declare, counts }) => {
      const gate = await startGate(new URL(access.endpoint).origin);
      try {
        const through = { ...access, endpoint: `${gate.origin}/v1` };
        await declare(through);
        gate.silent = true;
        const first = await up(project, through);
        expect(first.code).not.toBe(0);
        expect(first.said).toEqual(givenUp("Hetzner", gate.origin));
        gate.silent = false;
        expect(errorsOf(await up(project, through))).toEqual([]);
        expect(counts()).toEqual(ONE_OF_EACH);
        // Reading is waiting, too.
        gate.silent = true;
        const said: string[] = [];
        const look = (onStart: Parameters<Parameters<typeof watched>[2]>[0]) =>
          project.preview({ refresh: true, mayFail: true, onStart });
        expect((await watched(project, (line) => said.push(line), look)).code).not.toBe(0);
        expect(said.at(-1)).toMatch(/^Hetzner has not answered at \S+ for 2 s, so this run is ended\. Run it again/);
      } finally {
        await gate.close();
      }
    }));

  it("that is not there is said so", () =>
    withHetzner(async ({ project, declare }) => {
      const origin = `http://127.0.0.1:${await closedPort()}`;
      const nowhere = { endpoint: `${origin}/v1`, token: "n".repeat(64) };
      await declare(nowhere);
      const run = await up(project, nowhere);
      expect(run.code).not.toBe(0);
      for (const { message } of errorsOf(run)) expect(message).toMatch(/connection refused|does not answer/);
      expect(run.said).toEqual([expect.stringContaining(`Hetzner does not answer at ${origin} (ECONNREFUSED). `)]);
    }));
});
