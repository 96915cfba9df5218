import { expect, test } from "vitest";
import { isRecordName, valueFault } from "./values.ts";

test.each([
  ["A", "203.0.113.10"],
  ["AAAA", "2001:db8::1"],
  ["CNAME", "www.example.org."],
  ["MX", "10 mail.example.org."],
  ["SRV", "10 5 5060 sip.example.org."],
  ["CAA", '0 issue "letsencrypt.org"'],
  ["TXT", '"v=spf1 -all" "with \\"quotes\\""'],
  ["HTTPS", "1 . alpn=h2"],
])("%s may be %s", (type, value) => expect(valueFault(type, value)).toBeUndefined());

test.each([
  ["A", "203.0.113.256"],
  ["A", "2001:db8::1"],
  ["AAAA", "203.0.113.10"],
  ["AAAA", "fe80::1%eth0"],
  ["CNAME", "not a name"],
  ["MX", "mail.example.org."],
  ["SRV", "10 5 70000 sip.example.org."],
  ["CAA", "0 issue letsencrypt.org"],
  ["TXT", "v=spf1 -all"],
  ["TXT", `"${"x".repeat(256)}"`],
])("%s may not be %s", (type, value) => expect(valueFault(type, value)).toContain(`${type} record needs`));

test.each(["@", "*", "*.apps", "www", "_sip._tcp", "a.b-c"])("%s is a record's name", (name) => {
  expect(isRecordName(name)).toBe(true);
});

test.each(["", "www.", "a..b", "-a", "a b", "a.*"])("%j is no record's name", (name) => {
  expect(isRecordName(name)).toBe(false);
});
