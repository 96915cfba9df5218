import { expect, test } from "vitest";
import { parse } from "yaml";
import { mirrorPath, registryConfig } from "./config.ts";

test("the registry listens where it is told and keeps images in the folder", () => {
  const config = parse(registryConfig("10.210.0.1:5000", "/images"));
  expect(config.http.addr).toBe("10.210.0.1:5000");
  expect(config.storage.filesystem.rootdirectory).toBe("/images");
  expect(config.version).toBe("0.1");
});

test("official images live in library/, as a mirror of Docker Hub is asked", () => {
  expect(mirrorPath("postgres:18.4")).toBe("library/postgres:18.4");
  expect(mirrorPath("quayside/hello:1.0.0")).toBe("quayside/hello:1.0.0");
});
