import { expect, test } from "vitest";
import { UNKNOWN } from "../../../provider/engine/values.ts";
import { checkCommand } from "./inputs.ts";

const check = (properties: Parameters<typeof checkCommand>[0]["properties"], secrets: string[][] = []) =>
  checkCommand({ properties, secrets, unknowns: [] });

test("fills in the plugin's defaults, through the proxy, and makes the connection one secret", () => {
  const connection = { host: "203.0.113.10", privateKey: "key", proxy: { host: "203.0.113.20", port: 804 } };
  expect(check({ create: "true", connection }, [["stdin"], ["connection", "privateKey"]])).toEqual({
    properties: {
      create: "true",
      connection: {
        host: "203.0.113.10",
        privateKey: "key",
        user: "root",
        port: 22,
        dialErrorLimit: 10,
        perDialTimeout: 15,
        proxy: { host: "203.0.113.20", port: 804, user: "root", dialErrorLimit: 10, perDialTimeout: 15 },
      },
    },
    secrets: [["stdin"], ["connection"]],
    faults: [],
  });
});

test("a connection that only an apply will know is left alone", () => {
  expect(check({ connection: UNKNOWN })).toMatchObject({ properties: { connection: UNKNOWN }, faults: [] });
});

test("what the plugin does not know is refused", () => {
  expect(check({ comand: "true", logging: "all", connection: { hots: "a", proxy: {} } }).faults).toEqual([
    { path: "comand", reason: "is unknown" },
    { path: "logging", reason: "must be one of stdout, stderr, stdoutAndStderr, none" },
    { path: "connection.hots", reason: "is unknown" },
    { path: "connection.host", reason: "is required" },
    { path: "connection.proxy.host", reason: "is required" },
  ]);
  expect(check({}).faults).toEqual([{ path: "connection", reason: "is required" }]);
});
