import * as pulumi from "@pulumi/pulumi";
import { Script, type ScriptArgs } from "../../provider/script/resource.ts";
import { DeclarationError, type Fault, type Transform, transformed } from "../component.ts";
import type { Network } from "../docker/networks.ts";
import { type Host, onHost } from "../server/host.ts";
import { ContainerService } from "./container-service.ts";
import { IMAGES } from "./images.ts";
import { type RoleDescription, roleScripts, VERIFIER } from "./postgres-scripts.ts";
import { scramVerifier } from "./scram.ts";
import type { Needed, ServiceArgs } from "./service-args.ts";

const PORT = 5432;
/** The postgres user of the official image. */
const USER = "999:999";

/** A client's database; its role has the same name. */
export interface DatabaseArgs {
  /** Password of the role. A new one is set on the server by the next `up`. */
  password: pulumi.Input<string>;
}

export interface PostgresArgs<Name extends string = string> {
  /** The host it runs on. */
  host: Host;
  /** Internal network; its clients have to be on it, too. */
  network: Network;
  /** Password of the superuser `postgres`. */
  password: pulumi.Input<string>;
  /** One database for each client, by name. Its owner is a role of the same name; no other role may connect to it. */
  databases: Record<Name, DatabaseArgs>;
  /** @default "postgres:18.4" */
  image?: string;
  /** Server parameters such as `{ shared_buffers: "256MB" }`. @default {} */
  parameters?: Readonly<Record<string, string>>;
  /** Memory that it may use. @default "1g" */
  memory?: string;
  /** Shared memory, for parallel queries. @default "256m" */
  sharedMemory?: string;
  /** Processors that it may use. @default no limit */
  cpus?: number;
  /** Ports on the host's loopback or mesh address, for people. @default [] */
  ports?: ServiceArgs["ports"];
  /** Adjustments of the children. */
  transform?: ServiceArgs["transform"] & { database?: Transform<ScriptArgs> };
}

/** A database, as its client refers to it. */
export interface Database extends Needed {
  /** Name of the server on its network. */
  readonly host: string;
  /** 5432. */
  readonly port: number;
  /** Name of the database. */
  readonly database: string;
  /** The role that owns it. */
  readonly user: string;
  /** The role's; secret. */
  readonly password: pulumi.Output<string>;
  /** `postgresql://user:password@host:5432/database`; secret. */
  readonly url: pulumi.Output<string>;
}

/**
 * A PostgreSQL server on an internal network. Each client has a role and a database of its own; names, owners and
 * passwords are kept as declared, also when somebody changes them on the server. A database that is no longer declared
 * stays where it is.
 *
 * The data is in `/opt/<project>/data/<name>/data` on the host. The image is one of PostgreSQL 18 or newer, which keep
 * each major version in a folder of its own below /var/lib/postgresql.
 *
 * @example
 * ```ts
 * const postgres = new Postgres("postgres", {
 *   host: core,
 *   network: net.backend,
 *   password: secrets.postgres.password,
 *   databases: { n8n: { password: secrets.n8n.databasePassword } },
 * });
 * postgres.database("n8n").url;
 * ```
 */
export class Postgres<Name extends string = string> extends ContainerService {
  readonly #databases: ReadonlyMap<string, Database>;

  constructor(name: string, args: PostgresArgs<Name>, opts?: pulumi.ComponentResourceOptions) {
    super(
      name,
      serviceOf(args),
      { type: "services:Postgres", faults: postgresFaults(args), renamed: { "networks[0]": "network" } },
      opts,
    );

    this.#createRole(args, "superuser", { role: "postgres" }, args.password);
    this.#databases = new Map(
      Object.entries<DatabaseArgs>(args.databases).map(([key, { password }]) => {
        const role = this.#createRole(args, `database-${key}`, { role: key, database: key }, password);
        return [key, this.#reference(key, password, role)];
      }),
    );
    this.registerOutputs();
  }

  /** A client's database. A name that is not declared in `databases` is refused, with those that are. */
  database(key: Name): Database {
    const found = this.#databases.get(key);
    if (found) return found;
    const known = [...this.#databases.keys()].join(", ") || "none";
    throw new DeclarationError("Postgres", this.name, [
      { path: `databases.${key}`, reason: `is not declared; the databases of this server are: ${known}` },
    ]);
  }

  #createRole(
    args: PostgresArgs,
    suffix: string,
    description: RoleDescription,
    password: pulumi.Input<string>,
  ): Script {
    const { observe, apply, wanted } = roleScripts(this.name, description);
    const verifier = pulumi.secret(password).apply((text) => scramVerifier(description.role, text));
    return new Script(
      ...transformed<ScriptArgs>(
        args.transform?.database,
        `${this.name}-${suffix}`,
        {
          host: this.host.connection,
          observe,
          wanted: verifier.apply(wanted),
          apply,
          input: { [VERIFIER]: verifier },
        },
        this.child(onHost(this.host, { dependsOn: this.resource })),
      ),
    );
  }

  #reference(key: string, given: pulumi.Input<string>, resource: Script): Database {
    const password = pulumi.secret(given);
    const url = password.apply((text) => `postgresql://${key}:${encodeURIComponent(text)}@${this.name}:${PORT}/${key}`);
    const label = `database ${key} of "${this.name}"`;
    const where = { host: this.name, port: PORT, database: key, user: key };
    return { ...where, password, url, label, networks: this.networks, resource };
  }
}

function serviceOf(args: PostgresArgs): ServiceArgs {
  const parameters = Object.entries(args.parameters ?? {}).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  return {
    host: args.host,
    image: args.image ?? IMAGES.postgres,
    networks: [args.network],
    ...(parameters.length > 0 && { command: ["postgres", ...parameters] }),
    secretEnv: { POSTGRES_PASSWORD: args.password },
    volumes: { data: { path: "/var/lib/postgresql", mode: "0700" } },
    user: USER,
    readOnly: true,
    tmpfs: ["/var/run/postgresql", "/tmp"],
    memory: args.memory ?? "1g",
    sharedMemory: args.sharedMemory ?? "256m",
    cpus: args.cpus,
    ports: args.ports,
    // Over TCP, as the server that fills a new database answers on its socket only.
    health: {
      test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"],
      startPeriod: "120s",
    },
    stopGracePeriod: "1m",
    transform: args.transform,
  };
}

function postgresFaults(args: PostgresArgs): Fault[] {
  const faults: Fault[] = [];
  if (args.network && !args.network.internal) {
    const path = "network";
    faults.push({ path, reason: `is ${args.network.name}, which has a way out; a database needs an internal network` });
  }
  const major = /postgres:(\d+)/.exec(args.image ?? "")?.[1];
  if (major !== undefined && Number(major) < 18) {
    faults.push({
      path: "image",
      reason: `is ${args.image}; 18 or newer is needed, as older ones keep data elsewhere`,
    });
  }
  for (const key of Object.keys(args.databases)) {
    const path = `databases.${key}`;
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(key)) {
      faults.push({ path, reason: "is not a database name; lower-case letters, digits and _ are allowed, 63 at most" });
    } else if (["postgres", "template0", "template1", "public"].includes(key) || key.startsWith("pg_")) {
      faults.push({ path, reason: "is a name of PostgreSQL's own; choose another one" });
    }
  }
  return faults;
}
