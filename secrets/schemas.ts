import { ageIdentity, hex, issued, issuedToken, password, prefixed, sshPrivateKey } from "./formats.ts";
import { changedInside, newDeployKey, newEncryptionKey, newPassphrase, newSaltKey } from "./rotation.ts";
import { type SecretSchema, secret } from "./schema.ts";

const foundation = {
  pulumi: { passphrase: secret("encrypts the secrets in Pulumi's state", password(32), { rotation: newPassphrase }) },
  ssh: { privateKey: secret("key that deploys log in to the hosts with", sshPrivateKey(), { rotation: newDeployKey }) },
  hcloud: {
    token: secret("Hetzner Cloud API token, read and write", issuedToken(64), {
      source: "console.hetzner.com > project > Security > API tokens",
    }),
  },
  redis: { password: secret("Redis, default user", password(32)) },
};

const S3_CONSOLE = { source: "console.hetzner.com > project > Security > S3 credentials, or that of another store" };

/** Secrets of `github`: the repository, and what its workflows deploy with. */
export const repositorySecrets = {
  pulumi: foundation.pulumi,
  github: {
    token: secret("GitHub token that administers the repositories", issued(40), {
      source: "github.com > Settings > Developer settings > Personal access tokens",
    }),
    webhook: secret("signs what GitHub's webhooks send", password(32)),
  },
  deploy: {
    preprod: deployment("preprod"),
    production: deployment("production"),
  },
} satisfies SecretSchema;

/** What a workflow needs to deploy: the key of the stack's secrets, and keys of the bucket that holds its state. */
function deployment(environment: string) {
  return {
    ageKey: secret(`age key that ${environment}'s secrets are opened with`, ageIdentity()),
    stateAccessKeyId: secret(`access key of the state's bucket, for ${environment}`, issued(16), S3_CONSOLE),
    stateSecretAccessKey: secret(`secret of that access key, for ${environment}`, issued(32), S3_CONSOLE),
  };
}

/** Buckets, at whichever S3 endpoint. */
const bucketSecrets = {
  s3: {
    accessKeyId: secret("access key of the object storage", issued(16), S3_CONSOLE),
    secretAccessKey: secret("secret of that access key", issued(32), { source: "the same place, shown once" }),
  },
} satisfies SecretSchema;

const OVH_KEYS = { source: "https://api.ovh.com/createToken, with GET, POST, PUT and DELETE on /domain/zone/*" };

/** Names at OVH. */
const ovhSecrets = {
  ovh: {
    applicationKey: secret("OVH application key", issuedToken(16), OVH_KEYS),
    applicationSecret: secret("OVH application secret", issuedToken(32), OVH_KEYS),
    consumerKey: secret("OVH consumer key", issuedToken(32), OVH_KEYS),
  },
} satisfies SecretSchema;

/** Secrets of `lab`: what its services need. */
export const labSecrets = {
  ...foundation,
  postgres: {
    password: secret("PostgreSQL superuser", password(32)),
    clients: { app: secret("PostgreSQL role of the application", password(32)) },
  },
} satisfies SecretSchema;

/** Secrets of `prod` and `preprod`. */
export const platformSecrets = {
  ...foundation,
  ...bucketSecrets,
  ...ovhSecrets,
  postgres: {
    password: labSecrets.postgres.password,
    clients: {
      ...labSecrets.postgres.clients,
      n8n: secret("PostgreSQL role of n8n", password(32)),
      litellm: secret("PostgreSQL role of LiteLLM", password(32)),
      nocodb: secret("PostgreSQL role of NocoDB", password(32)),
    },
  },
  n8n: {
    encryptionKey: secret("encrypts the credentials stored in n8n; changing it loses them", hex(32), {
      rotation: newEncryptionKey,
    }),
    ownerPassword: secret("first owner of n8n", password(16), {
      rotation: changedInside("n8n, under Settings > Personal", "n8n.ownerPassword"),
    }),
  },
  litellm: {
    masterKey: secret("administrator key of LiteLLM", prefixed("sk-", 32)),
    saltKey: secret("encrypts the provider keys stored in LiteLLM; changing it loses them", prefixed("sk-", 32), {
      rotation: newSaltKey,
    }),
  },
  grafana: {
    adminPassword: secret("administrator of Grafana", password(20), {
      rotation: changedInside("Grafana, under Profile > Change password", "grafana.adminPassword"),
    }),
  },
  couchdb: {
    adminPassword: secret("administrator of CouchDB", password(32)),
    userPassword: secret("user of CouchDB that notes are synchronised with", password(32), {
      rotation: changedInside("CouchDB, in the user's document in _users", "couchdb.userPassword"),
    }),
  },
} satisfies SecretSchema;

/** Stacks that have a secrets file, each with its schema. */
export const schemas: Readonly<Record<string, SecretSchema>> = {
  github: repositorySecrets,
  lab: labSecrets,
  preprod: platformSecrets,
  prod: platformSecrets,
};
