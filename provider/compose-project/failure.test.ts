import { expect, test } from "vitest";
import { redact } from "../transport/errors.ts";
import { formatEnv } from "./env-file.ts";
import { describe, secretsIn } from "./failure.ts";

test("secrets are found in the shapes in which programs log them", () => {
  const secrets = secretsIn(
    formatEnv({ PASSWORD: 'p@ss"word', KEY: "-----BEGIN-----\nabcdefgh1234\n-----END-----", ON: "1" }),
  );
  const log = 'postgres://u:p%40ss%22word@db {"p":"p@ss\\"word"} abcdefgh1234 1';
  expect(redact(log, secrets)).toBe('postgres://u:[secret]@db {"p":"[secret]"} [secret] 1');
});

test("a failing container says what it does, what its health check said and what it logged", () => {
  const container = {
    id: "c1",
    name: "/p-web-1",
    image: "sha256:1",
    labels: {},
    restarts: 2,
    state: {
      Status: "running",
      ExitCode: 0,
      StartedAt: "",
      Health: { Status: "unhealthy", Log: [{ ExitCode: 1, Output: "connection refused\n" }] },
    },
  };
  expect(describe("web", "app:2", "unhealthy", container, "one\ntwo")).toBe(
    [
      "  web (app:2) is unhealthy, restarted 2 times",
      "    its health check ended with 1: connection refused",
      "    its log:",
      "    | one",
      "    | two",
    ].join("\n"),
  );
});
