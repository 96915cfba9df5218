import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgeIdentities, findIdentities } from "../age-identities.ts";
import { type OpenSopsFile, openSopsFile } from "../sops.ts";
import { parseSopsFile } from "../sops-file.ts";

const folder = import.meta.dirname;

/** Names of the files that sops made. */
export const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith(".sops.yaml"))
  .map((name) => name.replace(".sops.yaml", ""));

export function fixture(name: string): string {
  return readFileSync(join(folder, `${name}.sops.yaml`), "utf8");
}

/** What `sops decrypt --output-type json` made of a file; numbers as they are written there. */
export function decryptedBySops(name: string): unknown {
  const keepNumbers = (_key: string, value: unknown, context?: { source: string }) =>
    typeof value === "number" ? { number: context?.source ?? "" } : value;
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"), keepNumbers);
}

/** The keys of one of the people that fixtures are for, and no others. */
export function keysOf(person: "alice" | "bob" | "carol"): AgeIdentities {
  const env = { SOPS_AGE_KEY_FILE: join(folder, `${person}.key`) };
  return findIdentities("fixture.sops.yaml", { env, home: "/nonexistent", platform: "linux" });
}

export function open(text: string, keys: AgeIdentities = keysOf("alice")): OpenSopsFile {
  return openSopsFile(parseSopsFile("fixture.sops.yaml", text), keys);
}
