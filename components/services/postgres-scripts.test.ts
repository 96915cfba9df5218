import { describe, expect, test } from "vitest";
import { roleScripts } from "./postgres-scripts.ts";

describe("roleScripts", () => {
  test("a client's role and database", () => {
    const { observe, apply, wanted } = roleScripts("postgres", { role: "n8n", database: "n8n" });
    expect(observe).toBe(`{
docker exec -i postgres psql -v ON_ERROR_STOP=1 -qAtX -U postgres -d postgres <<SQL
SELECT 'role n8n: ' || CASE WHEN rolsuper THEN 'superuser' WHEN rolcanlogin THEN 'login' ELSE 'no login' END
  || ', password ' || coalesce(rolpassword, 'none') FROM pg_authid WHERE rolname = 'n8n';
SELECT 'database n8n: owner ' || pg_get_userbyid(datdba)
  || CASE WHEN has_database_privilege('public', datname, 'CONNECT') THEN ', open to all' ELSE ', closed to others' END
  FROM pg_database WHERE datname = 'n8n';
SQL
} 2>/dev/null || echo 'the server does not answer'`);
    expect(apply).toBe(`docker exec -i postgres psql -v ON_ERROR_STOP=1 -qAtX -U postgres -d postgres <<SQL
SELECT 'CREATE ROLE "n8n"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'n8n')\\gexec
ALTER ROLE "n8n" LOGIN NOSUPERUSER PASSWORD '$verifier';
SELECT 'CREATE DATABASE "n8n" OWNER "n8n"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'n8n')\\gexec
ALTER DATABASE "n8n" OWNER TO "n8n";
REVOKE CONNECT, TEMPORARY ON DATABASE "n8n" FROM PUBLIC;
SQL`);
    expect(wanted("SCRAM")).toBe("role n8n: login, password SCRAM\ndatabase n8n: owner n8n, closed to others");
  });

  test("the superuser has no database of its own and is never made", () => {
    const { apply, wanted } = roleScripts("postgres", { role: "postgres" });
    expect(apply).toBe(`docker exec -i postgres psql -v ON_ERROR_STOP=1 -qAtX -U postgres -d postgres <<SQL
ALTER ROLE "postgres" LOGIN SUPERUSER PASSWORD '$verifier';
SQL`);
    expect(wanted("SCRAM")).toBe("role postgres: superuser, password SCRAM");
  });
});
