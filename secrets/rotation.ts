/**
 * How secrets are replaced whose new value must not be in the file alone: something else is encrypted with the old one, or
 * lets it in. Each says what to do, for a stack.
 */
import { setCommand } from "./schema.ts";

/** Pulumi encrypts the state anew; the old passphrase is in a file of `quay env`'s until then. */
export function newPassphrase(stack: string): string {
  const steps = [
    `eval "$(./quay env ${stack})"`,
    `head -c 32 /dev/urandom | base64 | ${setCommand(stack, "pulumi.passphrase")}`,
    `./quay secrets get ${stack} pulumi.passphrase --reveal | pulumi stack change-secrets-provider passphrase --stack ${stack} --non-interactive`,
    // Pulumi writes the new salt beside the program, and quay keeps it beside the state.
    `mv Pulumi.${stack}.yaml "$PULUMI_OPTION_CONFIG_FILE"`,
  ];
  return `have Pulumi encrypt the state anew, in one go: (${steps.join(" && ")})`;
}

export function newDeployKey(stack: string): string {
  return [
    "let the new key in before it is used: make one (ssh-keygen -t ed25519 -N '' -f new-key)",
    "add the line in new-key.pub to ~/.ssh/authorized_keys of each host, with the old key (./quay env says where it is: QUAYSIDE_SSH_KEY_FILE)",
    `${setCommand(stack, "ssh.privateKey")} < new-key`,
    `see that ./quay drift ${stack} reaches every host, take the old key's line out of each, and delete new-key`,
  ].join("; ");
}

export function newEncryptionKey(stack: string): string {
  const file = "/home/node/.n8n/credentials.json";
  return [
    `take the credentials out and in again: on n8n's host, docker exec n8n n8n export:credentials --all --decrypted --output=${file}`,
    // n8n does not start with another key than is written there.
    "docker exec n8n rm /home/node/.n8n/config",
    `head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \\n' | ${setCommand(stack, "n8n.encryptionKey")}, and ./quay up ${stack}`,
    `docker exec n8n n8n import:credentials --input=${file}`,
    `docker exec n8n rm ${file}, as it is in clear`,
  ].join("; ");
}

export function newSaltKey(stack: string): string {
  return [
    "LiteLLM cannot read with a new one what it stored with the old one: note which models and provider keys were added in its interface, and delete them there",
    `${setCommand(stack, "litellm.saltKey")}, ./quay up ${stack}`,
    "add them again",
  ].join("; ");
}

/** Of what an application is only first made with. @param where - Its password is changed. */
export function changedInside(where: string, name: string): (stack: string) => string {
  return (stack) => `change it in ${where}, then here: ${setCommand(stack, name)}`;
}
