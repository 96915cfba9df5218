import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

const ITERATIONS = 4096;

/**
 * What PostgreSQL keeps of a password (RFC 5803): enough to check it, not to use it. Handing this over instead of the
 * password keeps the password out of the server's log and lets two states be compared.
 *
 * The salt follows from role and password, so that the same password always gives the same text.
 */
export function scramVerifier(role: string, password: string): string {
  const normal = password.normalize("NFKC");
  const salt = createHmac("sha256", normal).update(`quayside role ${role}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(normal, salt, ITERATIONS, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest();
  const serverKey = createHmac("sha256", salted).update("Server Key").digest();
  const [saltText, stored, server] = [salt, storedKey, serverKey].map((bytes) => bytes.toString("base64"));
  return `SCRAM-SHA-256$${ITERATIONS}:${saltText}$${stored}:${server}`;
}
