import { describe, expect, test } from "vitest";
import { scramVerifier } from "./scram.ts";

describe("scramVerifier", () => {
  test("is the same for the same role and password, and for no other", () => {
    expect(scramVerifier("n8n", "secret")).toBe(scramVerifier("n8n", "secret"));
    expect(scramVerifier("n8n", "secret")).not.toBe(scramVerifier("n8n", "Secret"));
    expect(scramVerifier("n8n", "secret")).not.toBe(scramVerifier("litellm", "secret"));
  });

  test("has PostgreSQL's form, needs no quoting in SQL or in a shell's here-document variable, and hides the password", () => {
    const verifier = scramVerifier("n8n", 'it\'s a "secret" $HOME');
    expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
    expect(verifier).not.toContain("secret");
  });
});
