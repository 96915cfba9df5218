import { expect, test } from "vitest";
import { canonicalPolicy, publicStatements } from "./policy.ts";

const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::x/*" };

test("different writings of one policy are the same", () => {
  const short = { Version: "2012-10-17", Statement: { ...read, Principal: "*" } };
  const long = {
    Version: "2012-10-17",
    Statement: [{ ...read, Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::x/*"], Principal: { AWS: ["*"] } }],
  };
  expect(canonicalPolicy(short)).toEqual(canonicalPolicy(long));
  expect(canonicalPolicy(canonicalPolicy(short))).toEqual(canonicalPolicy(short));
  const actions = (list: string[]) => canonicalPolicy({ Statement: [{ ...read, Action: list }] });
  expect(actions(["s3:PutObject", "s3:GetObject"])).toEqual(actions(["s3:GetObject", "s3:PutObject"]));
  expect(actions(["s3:PutObject"])).not.toEqual(actions(["s3:GetObject"]));
  expect(canonicalPolicy({})).toEqual({});
});

test.each([
  ["everybody", { ...read, Principal: "*" }, true],
  ["everybody, written long", { ...read, Principal: { AWS: ["a", "*"] } }, true],
  ["everybody but one", { ...read, NotPrincipal: { AWS: "a" } }, true],
  ["one key", { ...read, Principal: { AWS: "a" } }, false],
  ["a refusal", { ...read, Effect: "Deny", Principal: "*" }, false],
  ["one address", { ...read, Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "192.0.2.1/32" } } }, false],
  ["every address", { ...read, Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } }, true],
  [
    "all but one address",
    { ...read, Principal: "*", Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.1" } } },
    true,
  ],
  [
    "a condition about something else",
    { ...read, Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } },
    true,
  ],
])("who is let in: %s", (_, statement, open) => {
  expect(publicStatements(canonicalPolicy({ Statement: [read, statement] }))).toEqual(open ? [1] : []);
});
