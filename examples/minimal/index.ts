import * as pulumi from "@pulumi/pulumi";
import * as quayside from "quayside";

const secret = (name: string) => new pulumi.Config().requireSecret(name);

const host = new quayside.ExistingServer("server", { address: "203.0.113.10" });
new quayside.Hardening("hardening", { host, ssh: { from: ["203.0.113.7/32"] }, openings: quayside.web });
new quayside.DockerEngine("docker", { host });
const net = new quayside.DockerNetworks("networks", {
  host,
  networks: { frontend: { subnet: "172.20.1.0/24" }, backend: { subnet: "172.20.2.0/24", internal: true } },
});
const postgres = new quayside.Postgres("postgres", {
  host,
  network: net.backend,
  password: secret("postgresPassword"),
  databases: { app: { password: secret("appPassword") } },
});
const app = new quayside.Service("app", {
  host,
  image: "ghcr.io/example/app:1.4.2",
  networks: [net.frontend, net.backend],
  http: 8080,
  health: quayside.httpHealth(8080, "/healthz"),
  needs: [postgres.database("app")],
  secretEnv: { DATABASE_URL: postgres.database("app").url },
});
new quayside.Caddy("edge", {
  host,
  network: net.frontend,
  acme: quayside.http01({ email: "ops@example.org" }),
  routes: [quayside.publicRoute("www.example.org", app.http)],
});
