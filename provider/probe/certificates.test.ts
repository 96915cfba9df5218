import { expect, test } from "vitest";
import { parseIssuing } from "./certificates.ts";

const line = (level: string, msg: string, identifier: string, error?: string) =>
  JSON.stringify({ level, ts: 1795275909.7, logger: "tls.obtain", msg, identifier, ...(error && { error }) });

test("the last word on each hostname counts; what is done, or under way for the first time, is no fault", () => {
  const error =
    'Obtain: [one.example.org] solving challenges: Client::Forbidden: "This credential is not valid" (order=https://acme/my-order/a) (ca=https://acme/dir)';
  const log = [
    "Caddy starts",
    line("info", "obtaining certificate", "one.example.org"),
    line("error", "could not get certificate from issuer", "one.example.org", "first"),
    line("error", "will retry", "one.example.org", error),
    line("info", "obtaining certificate", "one.example.org"),
    line("error", "will retry", "two.example.org", "a rate limit"),
    line("info", "certificate obtained successfully", "two.example.org"),
    line("info", "obtaining certificate", "three.example.org"),
    JSON.stringify({ level: "error", logger: "http.log", identifier: "four", error: "other" }),
  ].join("\n");
  expect(parseIssuing(log)).toEqual([
    '  no certificate for one.example.org: solving challenges: Client::Forbidden: "This credential is not valid"',
  ]);
  expect(parseIssuing("")).toEqual([]);
});
