import { expect, test } from "vitest";
import { covers, domainFault, nameFault, targetFault } from "./hostnames.ts";

test.each(["example.org", "www.example.org", "*.example.org", "_dmarc.example.org", "a-b.c.example.org"])(
  "%s is a name in example.org",
  (name) => expect(nameFault(name, "example.org")).toBeUndefined(),
);

test.each(["example.com", "notexample.org", "www", "@", "www.example.org.", "-a.example.org", "a.*.example.org"])(
  "%s is none",
  (name) => expect(nameFault(name, "example.org")).toBeDefined(),
);

test("a star answers for what it stands for, at any depth, and not for what it hangs on", () => {
  expect(covers("*.example.org", "n8n.example.org")).toBe(true);
  expect(covers("*.example.org", "a.b.example.org")).toBe(true);
  expect(covers("*.example.org", "example.org")).toBe(false);
  expect(covers("*.apps.example.org", "n8n.example.org")).toBe(false);
  expect(covers("n8n.example.org", "n8n.example.org")).toBe(true);
});

test("domains and targets", () => {
  expect(domainFault("example.org")).toBeUndefined();
  for (const wrong of ["", "org", "10.0.0.1", "exa mple.org"]) expect(domainFault(wrong)).toBeDefined();
  expect(targetFault("mail.example.org.")).toBeUndefined();
  for (const wrong of ["mail", "203.0.113.1", "a b.example.org", ""]) expect(targetFault(wrong)).toBeDefined();
});
