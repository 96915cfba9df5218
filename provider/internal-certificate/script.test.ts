import { expect, test } from "vitest";
import { parseCertificate, shortened } from "./script.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const printed = (more = "chain=good\ntime=good\n") => `notAfter=Feb 24 12:00:00 2029 GMT
sha256 Fingerprint=AB:CD:01
X509v3 Subject Alternative Name:
    DNS:vpn.example.org, IP Address:203.0.113.9, IP Address:2001:DB8:0:0:0:0:0:1
${more}group=headscale
${PEM}`;

test("reads what openssl says in the words of the inputs", () => {
  expect(parseCertificate(printed(), "/etc/x")).toEqual({
    folder: "/etc/x",
    names: ["2001:db8::1", "203.0.113.9", "vpn.example.org"],
    group: "headscale",
    status: "valid",
    authority: PEM,
    fingerprint: "abcd01",
    expires: "2029-02-24T12:00:00.000Z",
  });
});

test("what is not good any more is told", () => {
  expect(parseCertificate(printed("chain=good\n"), "/")?.status).toBe("expiring");
  expect(parseCertificate(printed("time=good\n"), "/")?.status).toBe("untrusted");
  expect(parseCertificate("", "/")).toBeUndefined();
});

test("addresses are compared in their short form", () => {
  expect(shortened("2001:DB8:0:0:0:0:0:1")).toBe("2001:db8::1");
  expect(shortened("VPN.example.org")).toBe("vpn.example.org");
});
