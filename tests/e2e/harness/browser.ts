import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package, Ubuntu's own and Google's have it. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser", "/snap/bin/chromium"];

/** @throws Error that says how to get it */
export function startBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((path) => existsSync(path));
  if (!executablePath) {
    throw new Error(`there is no browser at ${PLACES.join(", ")}; ./quay test installs Debian's chromium.`);
  }
  // Its own sandbox wants rights that root in a container does not have; it is shown nothing but our own pages.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
