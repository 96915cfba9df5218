import { expect, test } from "vitest";
import { commonFolder } from "./common-folder.ts";

test.each([
  [["/etc/caddy/Caddyfile", "/etc/caddy/sites/a"], "/etc/caddy"],
  [["/etc/a", "/srv/b"], "/"],
  [["/etc/ab/x", "/etc/a/x"], "/etc"],
  [["/etc/motd"], "/etc"],
  [[], "/"],
])("%j lie in %s", (paths, folder) => {
  expect(commonFolder(paths)).toBe(folder);
});
