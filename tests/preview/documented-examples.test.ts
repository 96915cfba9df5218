/** The examples of the pages compile: a reader who copies one finds names and types as they are. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "../../toolchain/places.ts";

const PAGES = ["docs/*.md", "docs/{components,resources}/*.md", "secrets/README.md"];

/** What the examples take as given, with its type. One that declares a name itself does not get it from here. */
const GIVEN: Readonly<Record<string, string>> = {
  acme: "Issuer",
  cloud: "HetznerCloud",
  core: "Host",
  coreNet: "Nets",
  deployer: "string[]",
  edge: "Caddy",
  hetzner: "HetznerCloud",
  host: "Host",
  hostKey: "string",
  hub: "Host",
  hubNet: "Nets",
  location: "string[]",
  loki: "Loki",
  n8n: "N8n",
  net: "Nets",
  operators: "string[]",
  postgres: "Postgres",
  secrets: "{ [group: string]: Record<string, Output<string>> & StoreKeys }",
  ssh: "{ from: string[] }",
  tls: "MeshTls",
  type: "string[]",
  website: "Service",
  zone: "DnsZone",
};

interface Example {
  /** `docs/mesh.md:49` */
  place: string;
  code: string;
}

/** Declarations of types and signatures are made from the source, and are no examples. */
function examples(): Example[] {
  return globSync(PAGES, { cwd: root }).flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
      .map((match) => ({ place: `${page}:${text.slice(0, match.index).split("\n").length}`, code: match[1] ?? "" }))
      .filter(({ code }) => /^(const \w+ = |new \w+\()/.test(code));
  });
}

/** Where what an example uses may come from; the first that has it counts. */
const MODULES = ["components/index.ts", "provider/index.ts", "secrets/load.ts", "secrets/schemas.ts"];

/** An example as a module of its own, with what it uses imported or given. */
function moduleOf({ place, code }: Example): string {
  const declared = new Set([...code.matchAll(/^const (\w+)/gm)].map(([, name]) => name));
  const words = new Set(code.match(/[A-Za-z]\w*/g));
  const left = new Set([...words].filter((name) => !declared.has(name) && !Object.hasOwn(GIVEN, name)));
  // A resource of the provider takes a connection, a component a host.
  const types = place.startsWith("docs/resources/") ? { ...GIVEN, host: "HostConnection" } : GIVEN;
  const given = Object.entries(types).filter(([name]) => words.has(name) && !declared.has(name));
  for (const type of given.flatMap(([, type]) => type.match(/[A-Z]\w+/g) ?? [])) left.add(type);
  const imports = MODULES.map((path) => {
    const names = exportsOf(path).filter((name) => left.delete(name));
    return `import { ${names.join(", ")} } from "../${path}";`;
  });
  return [
    ...imports,
    'import type { Output } from "@pulumi/pulumi";',
    'import type { Network as GivenNetwork } from "../components/index.ts";',
    "type Nets = Record<string, GivenNetwork>;",
    ...given.map(([name, type]) => `declare const ${name}: ${type};`),
    code,
  ].join("\n");
}

const exportsOf = (path: string): string[] => {
  const text = readFileSync(join(root, path), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) => names.split(","));
  const declared = [...text.matchAll(/^export (?:const|function|class|interface|type) (\w+)/gm)].map(
    ([, name]) => name,
  );
  return [...listed, ...declared].flatMap((name) => name?.trim().replace(/^type /, "") || []);
};

test("every example of the pages is correctly typed", () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(15);
  const modules = new Map(all.map((example, index) => [join(root, "docs", `example-${index}.ts`), example]));
  const options: ts.CompilerOptions = {
    ...{ target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.NodeNext, lib: ["lib.es2024.d.ts"], types: ["node"] },
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.fileExists = (file) => modules.has(file) || fileExists(file);
  host.readFile = (file) => {
    const example = modules.get(file);
    return example ? moduleOf(example) : readFile(file);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  const faults = [...modules].flatMap(([file, { place }]) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .concat(program.getSyntacticDiagnostics(program.getSourceFile(file)))
      .map(({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`),
  );
  expect(faults).toEqual([]);
});
