import { readFileSync } from "node:fs";
import type { AptSource } from "../../provider/index.ts";
import type { Architecture } from "../server/host.ts";
import type { OsRelease } from "../server/os-release.ts";

/** Fingerprint 9DC8 5822 9FC7 DD38 854A E2D8 8D81 803C 0EBF CD88, as https://docs.docker.com/engine/install names it. */
const releaseKey = readFileSync(new URL("./docker-release-key.asc", import.meta.url), "utf8");

/** Docker's own apt repository. Source: https://docs.docker.com/engine/install */
export function dockerAptSource(release: OsRelease, arch: Architecture): AptSource {
  return {
    uris: [`https://download.docker.com/linux/${release.distribution}`],
    suites: [release.codename],
    components: ["stable"],
    architectures: [arch],
    signedBy: releaseKey,
  };
}
