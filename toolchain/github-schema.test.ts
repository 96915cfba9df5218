import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

interface Schema {
  resources: Record<string, { inputProperties?: Record<string, { type?: string }> }>;
  functions: Record<string, unknown>;
}

const root = join(import.meta.dirname, "..");
const sdk = join(root, "node_modules/@pulumi/github");
const schema = JSON.parse(
  readFileSync(join(root, "toolchain/github/cmd/pulumi-resource-github/schema.json"), "utf8"),
) as Schema;

/** What the official npm package sends, read from its compiled code. */
const sources = readdirSync(sdk)
  .filter((file) => file.endsWith(".js"))
  .map((file) => readFileSync(join(sdk, file), "utf8"));

describe("the github plugin answers what @pulumi/github sends", () => {
  const resources = sources.flatMap((source) => {
    const token = /__pulumiType = '(github:[^']+)'/.exec(source)?.[1];
    if (!token) return [];
    const inputs = [...source.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined|state)/g)].map(
      (match) => match[1] ?? "",
    );
    return [{ token, inputs: [...new Set(inputs)] }];
  });

  it("finds the resources of the package", () => {
    expect(resources.length).toBeGreaterThan(80);
  });

  it.each(resources)("$token", ({ token, inputs }) => {
    const resource = schema.resources[token];
    expect(resource, token).toBeDefined();
    expect(Object.keys(resource?.inputProperties ?? {})).toEqual(expect.arrayContaining(inputs));
  });

  it("takes lists where the package sends lists, and only there", () => {
    const declarations = readdirSync(sdk).filter((file) => file.endsWith(".d.ts"));
    const differing = declarations.flatMap((file) => {
      const [, name, body] = /interface (\w+)Args \{(.*?)\n\}/s.exec(readFileSync(join(sdk, file), "utf8")) ?? [];
      const token = `github:index/${name?.replace(/^./, (first) => first.toLowerCase())}:${name}`;
      const inputs = schema.resources[token]?.inputProperties;
      if (!inputs) return [];
      return [...(body ?? "").matchAll(/^ {4}(\w+)\??: (.*);$/gm)].flatMap(([, property = "", type = ""]) =>
        (inputs[property]?.type === "array") === /\[\]( \| undefined)?>$/.test(type) ? [] : [`${name}.${property}`],
      );
    });
    expect(differing).toEqual([]);
  });

  it("has every data source", () => {
    const tokens = sources.flatMap((source) =>
      [...source.matchAll(/runtime\.invoke(?:Output)?\("([^"]+)"/g)].map((m) => m[1] ?? ""),
    );
    expect(tokens.length).toBeGreaterThan(70);
    const missing = tokens.filter((token) => !(token in schema.functions));
    expect(missing).toEqual([]);
  });
});
