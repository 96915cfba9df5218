import { expect, test } from "vitest";
import { canonicalValue, quoteText } from "./values.ts";

test.each([
  ["AAAA", "2001:0DB8:0:0::1", "2001:db8::1"],
  ["CNAME", "Www", "www.example.org."],
  ["CNAME", "www.example.com.", "www.example.com."],
  ["CNAME", "@", "example.org."],
  ["MX", "10  mail", "10 mail.example.org."],
  ["SRV", "10 5 5060 sip.example.com.", "10 5 5060 sip.example.com."],
  ["CAA", "0 issue letsencrypt.org", '0 issue "letsencrypt.org"'],
  ["TXT", "v=spf1 -all", '"v=spf1 -all"'],
  ["TXT", '"v=spf1" " -all"', '"v=spf1 -all"'],
  ["TXT", '"say \\"hi\\""', '"say \\"hi\\""'],
])("%s %s is %s", (type, value, canonical) => {
  expect(canonicalValue(type, value, "example.org")).toBe(canonical);
  expect(canonicalValue(type, canonical, "example.org")).toBe(canonical);
});

test("long text is cut at 255 bytes, never within a character", () => {
  const quoted = quoteText(`${"x".repeat(254)}é${"y".repeat(10)}`);
  expect(quoted).toBe(`"${"x".repeat(254)}" "é${"y".repeat(10)}"`);
  expect(canonicalValue("TXT", quoted, "example.org")).toBe(quoted);
});
