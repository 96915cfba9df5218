/**
 * Declarations that cannot be right, run by the real engine: one clear error each, with the path, what is wrong and what
 * to do, before any host is contacted. What only a host can tell (another key, no sudo, a full disk) is tried in
 * tests/e2e/provider-transport.test.ts.
 */
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { presentSecrets, readStack } from "../../secrets/read.ts";
import { Project } from "../e2e/harness/project.ts";
import { repository } from "../e2e/harness/quay.ts";
import type { Run } from "../e2e/harness/run.ts";

/** A platform that nothing is wrong with; documentation addresses, where nothing answers. */
const PLATFORM = `
import * as q from ${JSON.stringify(join(repository, "components/index.ts"))};
const core = new q.ExistingServer("core", { address: "192.0.2.10" });
const networks = (more = {}) => new q.DockerNetworks("networks", {
  host: core,
  networks: { frontend: { subnet: "172.20.1.0/24" }, backend: { subnet: "172.20.2.0/24", internal: true }, ...more },
});
const app = (net, more = {}) => new q.Service("app", {
  host: core, image: "acme/app:1.0.0", networks: [net.frontend], http: 8080, health: q.httpHealth(8080, "/healthz"), ...more,
});
`;

interface Case {
  body: string;
  /** What the error says: where, what, and what is allowed or to be done. */
  says: RegExp[];
}

const declarations: Record<string, Case> = {
  "overlapping subnets": {
    body: 'networks({ wide: { subnet: "172.20.0.0/16" } });',
    says: [
      /DockerNetworks "networks"/,
      /networks\.wide\.subnet is 172\.20\.0\.0\/16/,
      /overlaps .*choose another range/,
    ],
  },
  "an unknown network": {
    body: "const net = networks(); app(net, { networks: [net.frontend, net.intranet] });",
    says: [/Service "app"/, /networks\[1\] is an unknown network/, /declare it in the DockerNetworks of core/],
  },
  "two routes for one hostname": {
    body: `const net = networks();
      const { http } = app(net);
      new q.Caddy("edge", {
        host: core, network: net.frontend, acme: q.internalCa(),
        routes: [q.publicRoute("app.example.org", http), q.publicRoute("app.example.org", http)],
      });`,
    says: [/Caddy "edge"/, /routes\[1\]/, /app\.example\.org, every path, as routes\[0\] is; one of the two/],
  },
  "the tag latest": {
    body: 'app(networks(), { image: "acme/app:latest" });',
    says: [/Service "app"/, /image is "?acme\/app:latest/, /such as|pin|version/],
  },
};

const SECRETS = `
import { loadSecrets } from ${JSON.stringify(join(repository, "secrets/index.ts"))};
import { labSecrets } from ${JSON.stringify(join(repository, "secrets/schemas.ts"))};
const secrets = loadSecrets("lab", labSecrets);
new quayside.File("f", { host: { name: "core", address: "192.0.2.10" }, path: "/f", content: secrets.postgres.password });
`;

/** What was done to the file, and what the error then says. */
const files: Record<string, { change: (text: string) => string; says: RegExp[] }> = {
  "a tampered secret": {
    // Another encrypted value in its place, of the same file: each is sound by itself.
    change: (text) => {
      const [first = "", second = ""] = text.match(/ENC\[AES256_GCM[^\]]*\]/g) ?? [];
      return text.replace(first, second);
    },
    says: [/secrets\/lab\.sops\.yaml/, /integrity check failed/, /git checkout <commit> -- secrets\/lab\.sops\.yaml/],
  },
  "a secret changed outside its ciphertext": {
    change: (text) =>
      text.replace(/lastmodified: "?20\d\d/, 'lastmodified: "2001').replace(/(lastmodified: "2001[^"\n]*)\n/, '$1"\n'),
    says: [/secrets\/lab\.sops\.yaml/, /integrity check failed|lastmodified/],
  },
};

describe("a preview says what is wrong", () => {
  test.concurrent.each(Object.entries(declarations))("%s", async (_, { body, says }) => {
    const run = await previewOf(`${PLATFORM}\n${body}`);
    for (const pattern of says) expect(oneError(run)).toMatch(pattern);
  });

  test.concurrent.each(Object.entries(files))("%s", async (_, { change, says }) => {
    const run = await previewOf(SECRETS, change);
    for (const pattern of says) expect(oneError(run)).toMatch(pattern);
    noSecretIn(run);
  });

  test.concurrent("a missing secret", async () => {
    const more = SECRETS.replace(
      'loadSecrets("lab", labSecrets)',
      'loadSecrets("lab", { ...labSecrets, mail: { password: labSecrets.postgres.password } })',
    );
    const run = await previewOf(more, (text) => text);
    const error = oneError(run);
    expect(error).toMatch(/secrets\/lab\.sops\.yaml/);
    expect(error).toMatch(/mail\.password/);
    expect(error).toMatch(/quay secrets set lab mail\.password/);
    noSecretIn(run);
  });

  test.concurrent("no file of secrets", async () => {
    const run = await previewOf(SECRETS.replace('"lab"', '"nothing"'), (text) => text);
    expect(oneError(run)).toMatch(/secrets\/nothing\.sops\.yaml[\s\S]*quay secrets init nothing/);
  });
});

test("a host that cannot be reached is tried once and explained once, however much was to be done on it", async () => {
  const patience = 3;
  const host = `{ name: "gone", address: "127.0.0.1", port: 2, patience: ${patience} }`;
  const body = Array.from(
    { length: 12 },
    (_, n) => `new quayside.File("f${n}", { host: ${host}, path: "/f${n}", content: "x" });`,
  );
  const { code, diagnostics, seconds } = await running(body.join("\n"), (project) => project.up({ mayFail: true }));
  expect(code).not.toBe(0);
  const about = diagnostics.filter(({ message }) => message.startsWith("gone (root@127.0.0.1:2): "));
  const explained = about.filter(({ message }) => /cannot connect: nothing listens on that port/.test(message));
  expect(explained.map(({ message }) => message)).toHaveLength(1);
  expect(about.filter((said) => !explained.includes(said)).every(({ message }) => message.length < 100)).toBe(true);
  expect(seconds).toBeLessThan(2 * patience + 10);
});

async function running(body: string, work: (project: Project) => Promise<Run>): Promise<Run> {
  const project = await Project.create({ env: { SOPS_AGE_KEY_FILE: undefined, SOPS_AGE_KEY: undefined } });
  try {
    await project.program(body);
    return await work(project);
  } finally {
    await project.remove();
  }
}

/** @param change of the lab's secrets, which are put into the project with it */
function previewOf(body: string, change?: (text: string) => string): Promise<Run> {
  return running(body, async (project) => {
    if (change) {
      await mkdir(join(project.folder, "secrets"));
      const text = await readFile(join(repository, "secrets/lab.sops.yaml"), "utf8");
      await project.file("secrets/lab.sops.yaml", change(text));
      await copyFile(join(repository, "secrets/lab.age.key"), join(project.folder, "secrets/lab.age.key"));
    }
    return project.preview({ mayFail: true });
  });
}

/** The only error of a failed preview, which planned nothing and shows no stack trace. */
function oneError(run: Run): string {
  expect(run.code).not.toBe(0);
  const errors = run.diagnostics.filter(
    ({ severity, message }) => severity === "error" && message !== "preview failed",
  );
  expect(errors.map(({ message }) => message)).toHaveLength(1);
  expect(run.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  return errors[0]?.message ?? "";
}

function noSecretIn(run: Run): void {
  const values = presentSecrets(readStack("lab", { project: repository })).flatMap(
    ({ value }) => value?.split("\n") ?? [],
  );
  for (const value of values.filter((line) => line.length > 12 && !line.startsWith("-----"))) {
    expect(run.output.includes(value), "a secret is shown").toBe(false);
  }
}
