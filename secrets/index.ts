export { type SecretFault, SecretsError, type SecretsErrorKind } from "./errors.ts";
export { hex, issuedToken, password, prefixed, type SecretFormat, sshPrivateKey } from "./formats.ts";
export { loadSecrets, type Secrets, sshPublicKey } from "./load.ts";
export type { SecretsLocation } from "./read.ts";
export { type SecretSchema, SecretSpec, secret } from "./schema.ts";
