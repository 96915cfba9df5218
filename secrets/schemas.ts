import { ageIdentity, gitHubToken, hex, issuedToken, password, prefixed, sshPrivateKey } from "./formats.ts";
import { type SecretSchema, secret } from "./schema.ts";

const foundation = {
  pulumi: { passphrase: secret("encrypts the secrets in Pulumi's state", password(32)) },
  ssh: { privateKey: secret("key that deploys log in to the hosts with", sshPrivateKey()) },
  hcloud: {
    token: secret(
      "Hetzner Cloud API token, read and write",
      issuedToken(64),
      "console.hetzner.com > project > Security > API tokens",
    ),
  },
  redis: { password: secret("Redis, default user", password(32)) },
};

/** Secrets of `lab`: what its services need. */
export const labSecrets = {
  ...foundation,
  postgres: {
    password: secret("PostgreSQL superuser", password(32)),
    clients: { app: secret("PostgreSQL role of the application", password(32)) },
  },
} satisfies SecretSchema;

const S3_CONSOLE = "console.hetzner.com > project > Security > S3 credentials";

/** Secrets of `prod` and `preprod`. */
export const platformSecrets = {
  ...foundation,
  postgres: {
    password: labSecrets.postgres.password,
    clients: {
      ...labSecrets.postgres.clients,
      n8n: secret("PostgreSQL role of n8n", password(32)),
      litellm: secret("PostgreSQL role of LiteLLM", password(32)),
      nocodb: secret("PostgreSQL role of NocoDB", password(32)),
    },
  },
  ovh: {
    applicationKey: secret("OVH API, key of the application", issuedToken(16), "eu.api.ovh.com/createApp"),
    applicationSecret: secret("OVH API, secret of the application", issuedToken(32), "eu.api.ovh.com/createApp"),
    consumerKey: secret(
      "OVH API, leave to change the zone's records: GET, POST, PUT, DELETE on /domain/zone/*",
      issuedToken(32),
      "eu.api.ovh.com/createToken",
    ),
  },
  s3: {
    accessKeyId: secret("Hetzner Object Storage, access key", issuedToken(20), S3_CONSOLE),
    secretAccessKey: secret("Hetzner Object Storage, secret of the access key", issuedToken(40), S3_CONSOLE),
  },
  n8n: {
    encryptionKey: secret("encrypts the credentials stored in n8n; changing it loses them", hex(32)),
    ownerPassword: secret("first owner of n8n", password(16)),
  },
  litellm: {
    masterKey: secret("administrator key of LiteLLM", prefixed("sk-", 32)),
    saltKey: secret("encrypts the provider keys stored in LiteLLM; changing it loses them", prefixed("sk-", 32)),
  },
  grafana: { adminPassword: secret("administrator of Grafana", password(20)) },
  couchdb: {
    adminPassword: secret("administrator of CouchDB", password(32)),
    userPassword: secret("user of CouchDB that notes are synchronised with", password(32)),
  },
} satisfies SecretSchema;

/** Secrets of `github`: the repository itself, and what its workflows deploy with. */
export const repositorySecrets = {
  pulumi: foundation.pulumi,
  github: {
    token: secret("GitHub token that administers the repository", gitHubToken(), "github.com/settings/tokens"),
    webhook: secret("signs what GitHub tells the platform's webhook", hex(32)),
  },
  deploy: {
    preprod: deployment("preprod"),
    production: deployment("production"),
  },
} satisfies SecretSchema;

/** What a workflow needs to deploy a stack: the key of its secrets, and keys of the bucket that holds the state. */
function deployment(environment: string) {
  return {
    ageKey: secret(`age key that ${environment}'s secrets are opened with`, ageIdentity()),
    stateAccessKeyId: secret(`access key of the state's bucket, for ${environment}`, issuedToken(20), S3_CONSOLE),
    stateSecretAccessKey: secret(`its secret, for ${environment}`, issuedToken(40), S3_CONSOLE),
  };
}

/** Stacks that have a secrets file, each with its schema. */
export const schemas: Readonly<Record<string, SecretSchema>> = {
  lab: labSecrets,
  github: repositorySecrets,
  preprod: platformSecrets,
  prod: platformSecrets,
};
