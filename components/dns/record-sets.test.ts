import { describe, expect, test } from "vitest";
import type { Host } from "../server/host.ts";
import { recordSets, type SetRules } from "./record-sets.ts";
import type { Records } from "./records.ts";

const rules: SetRules = {
  domain: "example.org",
  ttl: 3600,
  ttls: { min: 60, max: 86_400 },
  proxies: false,
  aliasOfDomain: false,
};

const texts = (records: Records, more: Partial<SetRules> = {}) => {
  const { sets, faults } = recordSets(records, { ...rules, ...more });
  expect(faults).toEqual([]);
  return sets.flatMap(({ name, type, ttl, values }) =>
    values.map(({ text }) => `${name} ${ttl} ${type} ${String(text)}`),
  );
};
const faults = (records: Records, more: Partial<SetRules> = {}) =>
  recordSets(records, { ...rules, ...more }).faults.map(({ path, reason }) => `${path} ${reason}`);

describe("recordSets", () => {
  test("every type, in the words of a zone file", () => {
    const records: Records = {
      "example.org": {
        A: ["203.0.113.10", "203.0.113.11"],
        AAAA: "2001:DB8:0::10",
        MX: [
          { preference: 10, server: "Mail.example.net" },
          { preference: 20, server: "mail2.example.net." },
        ],
        TXT: ["v=spf1 -all", 'say "hi"'],
        CAA: { tag: "issue", value: "letsencrypt.org" },
        ttl: 300,
      },
      "*.apps.example.org": { CNAME: "www.example.org" },
      "_sip._tcp.example.org": { SRV: { priority: 1, weight: 2, port: 5060, target: "sip.example.org" } },
      "no-mail.example.org": { MX: { preference: 0, server: "." } },
    };
    expect(texts(records)).toEqual([
      "@ 300 A 203.0.113.10",
      "@ 300 A 203.0.113.11",
      "@ 300 AAAA 2001:db8::10",
      '@ 300 TXT "v=spf1 -all"',
      '@ 300 TXT "say \\"hi\\""',
      "@ 300 MX 10 mail.example.net.",
      "@ 300 MX 20 mail2.example.net.",
      '@ 300 CAA 0 issue "letsencrypt.org"',
      "*.apps 3600 CNAME www.example.org.",
      "_sip._tcp 3600 SRV 1 2 5060 sip.example.org.",
      "no-mail 3600 MX 0 .",
    ]);
  });

  test("names of values say what they are, never where they stand", () => {
    const keys = (records: Records) =>
      recordSets(records, rules).sets.flatMap(({ values }) => values.map(({ key }) => key));
    const host = { name: "core" } as Host;
    expect(
      keys({ "www.example.org": { host: { ...host, address: "203.0.113.1" as never }, A: "203.0.113.2" } }),
    ).toEqual(["core", "203-0-113-2"]);
    const [one, two] = keys({ "example.org": { TXT: ["one", "two"] } });
    expect(keys({ "example.org": { TXT: ["two", "one"] } })).toEqual([two, one]);
  });

  test("every fault at once, each with its place, the value and what is allowed", () => {
    const records: Records = {
      "www.example.com": { A: "203.0.113.10" },
      "Www.example.org": { A: "203.0.113.10" },
      "a..example.org": { A: "203.0.113.10" },
      "b.example.org": { A: ["203.0.113.256", "100.64.0.7", "127.0.0.1"], AAAA: ["fd7a:115c:a1e0::1", "203.0.113.1"] },
      "c.example.org": { CNAME: "d.example.org", TXT: "text" },
      "example.org": { CNAME: "www.example.net" },
      "d.example.org": {},
      "e.example.org": { A: "203.0.113.10", ttl: 30 },
      "f.example.org": { CNAME: "203.0.113.10" },
      "g.example.org": { MX: { preference: 70_000, server: "mail" } },
      "h.example.org": { SRV: { priority: 1, weight: 1, port: 99_999, target: "sip.example.org" } },
      "i.example.org": { CAA: { tag: "isue" as never, value: '"x"', flags: 300 } },
      "j.example.org": { A: ["203.0.113.10", "203.0.113.10"] },
      "k.example.org": { A: "203.0.113.10", proxied: true },
    };
    expect(faults(records)).toEqual([
      'records["www.example.com"] is outside the zone; names are written in full, such as www.example.org',
      'records["Www.example.org"] has capitals; names are written in small letters',
      'records["a..example.org"] has the part ""; letters, digits and hyphens, at most 63, are allowed',
      'records["b.example.org"].A is "203.0.113.256"; an IPv4 address is needed',
      'records["b.example.org"].A is "100.64.0.7", an address in the mesh; those are never published',
      'records["b.example.org"].A is "127.0.0.1", which leads nobody to a machine; a public address is needed',
      'records["b.example.org"].AAAA is "fd7a:115c:a1e0::1", an address in the mesh; those are never published',
      'records["b.example.org"].AAAA is "203.0.113.1"; an IPv6 address is needed',
      'records["c.example.org"].CNAME stands beside TXT; another name of something has no records of its own',
      'records["example.org"].CNAME is for the domain itself, which has its name servers; give it addresses',
      'records["d.example.org"] has no records; give it a host, an address or another record',
      'records["e.example.org"].ttl is 30; 60 to 86400 seconds are allowed',
      'records["f.example.org"].CNAME is "203.0.113.10", an address; a hostname is needed',
      'records["g.example.org"].MX.server is "mail"; a hostname in full, such as mail.example.org, is needed',
      'records["g.example.org"].MX.preference is 70000; 0 to 65535 are allowed',
      'records["h.example.org"].SRV.port is 99999; 0 to 65535 are allowed',
      'records["h.example.org"].SRV is for a name without a service; one such as _sip._tcp.example.org is needed',
      'records["i.example.org"].CAA.tag is "isue"; issue, issuewild and iodef are allowed',
      'records["i.example.org"].CAA.value is "\\"x\\""; quotes and backslashes are not allowed',
      'records["i.example.org"].CAA.flags is 300; 0 to 255 are allowed',
      'records["j.example.org"].A has the same value twice',
      'records["k.example.org"].proxied is for zones at Cloudflare only',
    ]);
  });

  test("what Cloudflare allows beyond that", () => {
    const more = { proxies: true, aliasOfDomain: true };
    expect(texts({ "example.org": { CNAME: "acme.example.net", proxied: true } }, more)).toHaveLength(1);
    expect(faults({ "example.org": { TXT: "text", proxied: true } }, more)).toEqual([
      'records["example.org"].proxied is for addresses and CNAME only; Cloudflare cannot stand before other records',
    ]);
  });
});
