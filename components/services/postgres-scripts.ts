/** Name of the shell variable that holds what the server is to keep of the password. */
export const VERIFIER = "verifier";

/** A role of a database server, with the database that is its own. */
export interface RoleDescription {
  role: string;
  /** Database that it owns and nobody else may connect to; none for the superuser. */
  database?: string;
}

/** The scripts that look at a role and its database, and make them as declared. */
export interface RoleScripts {
  observe: string;
  apply: string;
  /** What `observe` prints when all is as declared. `verifier` is what the server keeps of the password. */
  wanted(verifier: string): string;
}

/** Pure. Names are checked by the component: lower-case letters, digits and _ need no quoting rules of their own. */
export function roleScripts(container: string, { role, database }: RoleDescription): RoleScripts {
  const kind = database === undefined ? "superuser" : "login";
  const observed = [
    `SELECT 'role ${role}: ' || CASE WHEN rolsuper THEN 'superuser' WHEN rolcanlogin THEN 'login' ELSE 'no login' END`,
    `  || ', password ' || coalesce(rolpassword, 'none') FROM pg_authid WHERE rolname = '${role}';`,
    ...(database === undefined
      ? []
      : [
          `SELECT 'database ${database}: owner ' || pg_get_userbyid(datdba)`,
          `  || CASE WHEN has_database_privilege('public', datname, 'CONNECT') THEN ', open to all' ELSE ', closed to others' END`,
          `  FROM pg_database WHERE datname = '${database}';`,
        ]),
  ];
  const statements = [
    ...(database === undefined ? [] : ifMissing(`CREATE ROLE "${role}"`, `pg_roles WHERE rolname = '${role}'`)),
    `ALTER ROLE "${role}" LOGIN ${kind === "superuser" ? "SUPERUSER" : "NOSUPERUSER"} PASSWORD '$${VERIFIER}';`,
    ...(database === undefined
      ? []
      : [
          ...ifMissing(`CREATE DATABASE "${database}" OWNER "${role}"`, `pg_database WHERE datname = '${database}'`),
          `ALTER DATABASE "${database}" OWNER TO "${role}";`,
          `REVOKE CONNECT, TEMPORARY ON DATABASE "${database}" FROM PUBLIC;`,
        ]),
  ];
  return {
    // A server that is down is a difference to show, not an error that hides every other one.
    observe: `{\n${psql(container, observed)}\n} 2>/dev/null || echo 'the server does not answer'`,
    apply: psql(container, statements),
    wanted: (verifier) =>
      [
        `role ${role}: ${kind}, password ${verifier}`,
        ...(database === undefined ? [] : [`database ${database}: owner ${role}, closed to others`]),
      ].join("\n"),
  };
}

/** Statements that cannot be conditional themselves are printed by a query and run by `\gexec`. */
function ifMissing(statement: string, from: string): string[] {
  return [`SELECT '${statement}' WHERE NOT EXISTS (SELECT FROM ${from})\\gexec`];
}

/**
 * Over the socket inside the container, where the superuser needs no password. The statements go over standard input;
 * the shell puts the verifier in, which consists of characters that need no quoting in SQL.
 */
function psql(container: string, statements: string[]): string {
  const command = `docker exec -i ${container} psql -v ON_ERROR_STOP=1 -qAtX -U postgres -d postgres`;
  return `${command} <<SQL\n${statements.join("\n")}\nSQL`;
}
