/** What the lab promises, tried from outside its hosts: the last step of `quay try`. */
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { devNull } from "node:os";
import { ConnectionPool } from "../provider/transport/pool.ts";
import { labStatus } from "./main.ts";
import { offeredMesh } from "./mesh/offer.ts";
import type { LabHost } from "./status.ts";

/** One thing that was tried. */
export interface Proof {
  name: string;
  ok: boolean;
  /** What was seen. */
  detail: string;
}

const PUBLIC_ROUTE = "app.lab.test";
const MESH_ROUTE = "admin.lab.test";
const RELAY_ROUTE = "hook.lab.test";
const DATABASE_PORT = 5432;
/** Nothing opens it, so that a container that publishes it has to stay unreachable. */
const UNOPENED_PORT = 8099;
const CA_FILE = "/opt/quayside/data/edge/data/caddy/pki/authorities/local/root.crt";

/** Tries one promise after the other; a proof that cannot be carried out has failed. */
export async function* prove(): AsyncGenerator<Proof> {
  const core = await findHost("core");
  const shell = new HostShell(core);
  try {
    const ca = await shell.run(`cat ${CA_FILE}`);
    const get = (hostname: string, path: string) => httpsGet(core.address ?? "", hostname, path, ca);

    yield attempt(`https://${PUBLIC_ROUTE} serves the application, with a certificate that verifies`, async () => {
      const { status, body } = await get(PUBLIC_ROUTE, "/");
      return { ok: status === 200 && body.includes('"application": "hello"'), detail: `${status} ${body.trim()}` };
    });
    yield attempt("the application reaches its own database, as its own role", async () => {
      const { status, body } = await get(PUBLIC_ROUTE, "/db");
      const { database, user } = JSON.parse(body) as { database?: string; user?: string };
      return { ok: status === 200 && database === "app" && user === "app", detail: body.trim() };
    });
    yield attempt("a mesh-only route refuses who comes from outside the mesh", async () => {
      const { status } = await get(MESH_ROUTE, "/");
      return { ok: status === 403, detail: `${status} from outside` };
    });
    yield attempt("the database is not reachable from outside the host", async () => {
      const seen = await knock(core.address ?? "", DATABASE_PORT);
      return { ok: seen !== "open", detail: `port ${DATABASE_PORT}: ${seen}` };
    });
    yield attempt("the database cannot reach the outside", async () => {
      // The same attempt from the host itself succeeds, so that a broken network is not taken for isolation.
      const target = "deb.debian.org/80";
      const fromHost = await shell.code(`timeout 10 bash -c '</dev/tcp/${target}'`);
      const fromDatabase = await shell.code(`docker exec postgres timeout 5 bash -c '</dev/tcp/${target}'`);
      const direct = await shell.code("docker exec postgres timeout 5 bash -c '</dev/tcp/10.210.0.1/5000'");
      return {
        ok: fromHost === 0 && fromDatabase !== 0 && direct !== 0,
        detail: `from the host: ${fromHost === 0 ? "reached" : "not reached"}, from the database: ${fromDatabase === 0 || direct === 0 ? "reached" : "not reached"}`,
      };
    });
    yield attempt("a published port that the firewall does not open is closed to the outside", async () => {
      const run = `docker run --detach --rm --name quayside-proof --publish ${UNOPENED_PORT}:8080 quayside/hello:1.0.0`;
      await shell.run(`docker rm --force quayside-proof >/dev/null 2>&1; ${run}`);
      try {
        const local = await shell.code(
          `for i in 1 2 3 4 5 6 7 8 9 10; do curl -fs -m 2 http://127.0.0.1:${UNOPENED_PORT}/ && exit 0; sleep 0.5; done; exit 1`,
        );
        const seen = await knock(core.address ?? "", UNOPENED_PORT);
        return {
          ok: local === 0 && seen !== "open",
          detail: `on the host: ${local === 0 ? "open" : "closed"}, from outside: ${seen}`,
        };
      } finally {
        await shell.code("docker rm --force quayside-proof");
      }
    });
    yield attempt("SSH takes keys only", async () => {
      const methods = await shell.run("sshd -T | grep -E '^(passwordauthentication|kbdinteractiveauthentication) '");
      return { ok: !/ yes/.test(methods), detail: methods.trim().split("\n").join(", ") };
    });
    if (offeredMesh()) yield* proveMesh();
  } finally {
    await shell.close();
  }
}

/** What a lab with a mesh promises besides. */
async function* proveMesh(): AsyncGenerator<Proof> {
  const apps = new HostShell(await findHost("apps"));
  const hub = await findHost("hub");
  // The lab's authority is unknown to its hosts.
  const curl = "curl -sk -m 10 -o /dev/null -w '%{http_code}'";
  try {
    yield attempt(
      "a mesh-only route serves a member of the mesh, by the name that only the mesh resolves",
      async () => {
        const status = await apps.run(`${curl} https://${MESH_ROUTE}/`);
        return { ok: status === "200", detail: `${status} from apps` };
      },
    );
    yield attempt("the relay on the hub leads its declared path into the mesh, and no other", async () => {
      const ask = (path: string) =>
        apps.run(`${curl} --resolve ${RELAY_ROUTE}:443:${hub.address} https://${RELAY_ROUTE}${path}`);
      const [declared, other] = [await ask("/healthz"), await ask("/db")];
      return { ok: declared === "200" && other === "404", detail: `/healthz: ${declared}, /db: ${other}` };
    });
  } finally {
    await apps.close();
  }
}

async function attempt(name: string, tryIt: () => Promise<{ ok: boolean; detail: string }>): Promise<Proof> {
  try {
    return { name, ...(await tryIt()) };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

async function findHost(name: string): Promise<LabHost> {
  const { hosts } = await labStatus();
  const found = hosts.find((host) => host.name === `lab-${name}`);
  if (!found?.address) throw new Error(`the lab has no running host ${name}; ./quay up lab deploys it`);
  return found;
}

/** A host's shell, through the provider's own connection. */
class HostShell {
  readonly #pool = new ConnectionPool();
  readonly #host: LabHost;

  constructor(host: LabHost) {
    this.#host = host;
    this.#pool.settings = { privateKey: readFileSync(host.keyFile, "utf8") };
    // A lab that is made anew has the same addresses and other keys; its network never leaves this machine.
    process.env["QUAYSIDE_KNOWN_HOSTS"] = devNull;
  }

  async code(script: string): Promise<number> {
    return (await this.#execute(script)).code;
  }

  async run(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.#execute(script);
    if (code !== 0) throw new Error(`${this.#host.name}: ${stderr.trim() || stdout.trim()}`);
    return stdout;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #execute(script: string) {
    const { name, address } = this.#host;
    return (await this.#pool.get({ name, address: address ?? "" })).run(script);
  }
}

function httpsGet(
  address: string,
  hostname: string,
  path: string,
  ca: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: hostname };
    const outgoing = request(
      { host: address, servername: hostname, path, ca, headers, timeout: 10_000 },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`https://${hostname}${path} did not answer within 10 s`)));
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** Whether a TCP port answers from here. */
function knock(address: string, port: number): Promise<"open" | "refused" | "silent"> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 3000 });
    const end = (seen: "open" | "refused" | "silent") => {
      socket.destroy();
      resolve(seen);
    };
    socket.on("connect", () => end("open"));
    socket.on("timeout", () => end("silent"));
    socket.on("error", () => end("refused"));
  });
}
