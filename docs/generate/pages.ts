import type { Declaration, Entry, Property } from "./source.ts";
import { readEntry } from "./source.ts";

/** The pages of the reference by their path below docs/, and what lacks a docstring. */
export interface Reference {
  pages: Map<string, string>;
  faults: string[];
}

/** @param root the repository */
export function reference(root: string): Reference {
  const resources = section(readEntry(root, "provider/index.ts"), {
    folder: "resources",
    title: "Resources",
    introduction:
      'What the provider keeps on hosts: `import { … } from "quayside/provider"`. Every property takes a plain value or an output of another resource.',
    // All of them take inputs; saying so at each type would bury the type.
    type: withoutInput,
  });
  const components = section(readEntry(root, "components/index.ts"), {
    folder: "components",
    title: "Components",
    introduction: 'What stacks are written with: `import { … } from "quayside"`.',
    type: (text) => text,
  });
  return {
    pages: new Map([...resources.pages, ...components.pages]),
    faults: [...resources.faults, ...components.faults],
  };
}

interface Section {
  folder: string;
  title: string;
  introduction: string;
  type: (text: string) => string;
}

/** Shown once, on the index page, rather than on the page of everything that takes them. */
const SHARED = new Set(["Host", "HostFacilities", "HostConnection", "HttpEndpoint", "Network", "Needed", "Transform"]);

const note = (file: string) => `<!-- Made from the docstrings of ${file} by \`npm run docs\`; do not edit. -->`;

function section(entry: Entry, { folder, title, introduction, type }: Section): Reference {
  const pages = new Map<string, string>();
  const faults: string[] = [];
  const list: string[] = [];
  const others: Declaration[] = [];
  const shown = new Set<string>();

  for (const name of [...entry.exported].sort()) {
    const declaration = entry.declarations.get(name);
    if (!declaration) throw new Error(`${folder}: nothing declares the exported ${name}`);
    const args = entry.declarations.get(declaration.args ?? `${name}Args`);
    const constructed = declaration.kind === "class" || declaration.kind === "value";
    if (!args || !constructed || declaration.abstract) {
      others.push(declaration);
      continue;
    }
    const file = `${kebab(name)}.md`;
    pages.set(`${folder}/${file}`, resourcePage(declaration, args));
    list.push(`- [\`${name}\`](${file}): ${firstSentence(declaration.doc.text)}`);
  }

  const rest = others.filter(({ name, abstract }) => !shown.has(name) && !abstract);
  const index = [`# ${title}`, note("the exported declarations"), introduction, list.join("\n")];
  const functions = rest.filter(({ kind }) => kind === "function" || kind === "value");
  if (functions.length > 0) index.push("## Functions and values", ...functions.flatMap(functionLines));
  const types = rest.filter(({ kind }) => kind === "interface" || kind === "type");
  if (types.length > 0) index.push("## Types", ...types.flatMap((declaration) => typeLines(declaration, "###")));
  pages.set(`${folder}/README.md`, page(index));
  return { pages, faults };

  function resourcePage(declaration: Declaration, args: Declaration): string {
    documented(declaration);
    const lines = [`# ${declaration.name}`, note(declaration.file), declaration.doc.text];
    for (const example of declaration.doc.examples) lines.push(`\`\`\`ts\n${example}\n\`\`\``);
    lines.push("## Arguments", table(args, inherited(args)));
    const outputs = declaration.properties.filter(({ name }) => !ownName(name));
    if (outputs.length > 0) lines.push("## Properties", table(declaration, inherited(declaration), false));
    const { types, shared } = related(declaration, args);
    for (const used of types) lines.push(...typeLines(used, "##"));
    const links = shared.map((name) => `[\`${name}\`](README.md#${name.toLowerCase()})`);
    if (links.length > 0) lines.push(`Types that others use, too: ${links.join(", ")}.`);
    return page(lines);
  }

  /** Exported types that the arguments and properties name, and those that these name. */
  function related(declaration: Declaration, args: Declaration): { types: Declaration[]; shared: string[] } {
    const found = new Map<string, Declaration>();
    const shared = new Set<string>();
    const follow = (from: Declaration) => {
      const text = resolved([...inherited(from).flatMap(typesOf), from.signature ?? ""].join(" "));
      for (const name of new Set(text.match(/\b[A-Z]\w+/g))) {
        const used = entry.declarations.get(name);
        const type = used && (used.kind === "interface" || used.kind === "type");
        if (!type || found.has(name) || used === args) continue;
        if (SHARED.has(name)) {
          shared.add(name);
          continue;
        }
        found.set(name, used);
        shown.add(name);
        follow(used);
      }
    };
    follow(args);
    shown.add(args.name);
    if (declaration.kind === "class") follow(declaration);
    return { types: [...found.values()], shared: [...shared].sort() };
  }

  function typeLines(declaration: Declaration, level: string): string[] {
    documented(declaration);
    const lines = [`${level} ${declaration.name}`];
    if (declaration.doc.text) lines.push(declaration.doc.text);
    if (declaration.kind === "type")
      lines.push(`\`\`\`ts\ntype ${declaration.name} = ${declaration.signature};\n\`\`\``);
    else lines.push(table(declaration, inherited(declaration)));
    return lines;
  }

  function functionLines(declaration: Declaration): string[] {
    documented(declaration);
    const code = declaration.kind === "function" ? `${declaration.name}${declaration.signature}` : declaration.name;
    const parameters = declaration.doc.parameters.map((parameter) => `- ${parameter.replace(/\s+/g, " ")}`).join("\n");
    return [`### ${declaration.name}`, `\`\`\`ts\n${code}\n\`\`\``, declaration.doc.text, parameters];
  }

  /** Own properties and those of bases; a property takes a missing docstring from a base. */
  function inherited(declaration: Declaration): Property[] {
    const own = declaration.properties.filter(({ name }) => !ownName(name));
    const bases = declaration.bases.flatMap((name) => {
      const base = entry.declarations.get(name);
      return base ? inherited(base) : [];
    });
    const documentedOwn = own.map((property) => {
      const above = bases.find(({ name }) => name === property.name);
      return property.doc.text === "" && above ? { ...property, doc: above.doc } : property;
    });
    const names = new Set(own.map(({ name }) => name));
    return [...documentedOwn, ...unique(bases.filter(({ name }) => !names.has(name)))];
  }

  function table(declaration: Declaration, properties: Property[], defaults = true): string {
    const rows = properties.flatMap((property) => propertyRows(declaration, property, "", defaults));
    const head = defaults ? ["property", "type", "default", ""] : ["property", "type", ""];
    return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  }

  function propertyRows(declaration: Declaration, property: Property, prefix: string, defaults: boolean): string[][] {
    const { name, doc, optional, nested } = property;
    const path = `${prefix}${name}`;
    const explained = doc.text || doc.default !== undefined || prefix === "transform.";
    if (!explained) faults.push(`${declaration.file}: ${declaration.name}.${path}`);
    const text = doc.text || (prefix === "transform." ? "Adjusts this child." : "");
    const otherwise = doc.default ?? (optional ? "" : "required");
    const row = [code(path), code(type(resolved(property.type))), ...(defaults ? [cell(otherwise)] : []), cell(text)];
    return [row, ...nested.flatMap((inner) => propertyRows(declaration, inner, `${path}.`, defaults))];
  }

  /** `ServiceArgs["ports"]` as the type that it stands for. */
  function resolved(text: string): string {
    return text.replace(/\b(\w+)\["(\w+)"\]/g, (written, owner: string, name: string) => {
      const property = entry.declarations.get(owner)?.properties.find((candidate) => candidate.name === name);
      return property?.type ?? written;
    });
  }

  function documented({ name, doc, file }: Declaration): void {
    const fault = `${file}: ${name}`;
    if (!doc.text && !name.endsWith("Args") && !faults.includes(fault)) faults.push(fault);
  }
}

/** What Pulumi itself has on every resource. */
function ownName(name: string): boolean {
  return name.startsWith("[") || name === "name" || name === "constructor";
}

function typesOf(property: Property): string[] {
  return [property.type, ...property.nested.flatMap(typesOf)];
}

function unique(properties: Property[]): Property[] {
  return [...new Map(properties.toReversed().map((property) => [property.name, property])).values()].reverse();
}

function withoutInput(text: string): string {
  let shorter = text;
  // From the inside out, as inputs hold inputs.
  for (let before = ""; before !== shorter; ) {
    before = shorter;
    shorter = before.replace(/\bInput<((?:[^<>]|<[^<>]*>)*)>(\[\])?/, (_, inner: string, list = "") =>
      list && /[|&]/.test(inner) ? `(${inner})${list}` : `${inner}${list}`,
    );
  }
  return shorter;
}

function page(blocks: string[]): string {
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])([A-Z])/g, "-$1").toLowerCase();
}

function firstSentence(text: string): string {
  return (/^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text).replace(/\s+/g, " ");
}

function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|");
}

function code(text: string): string {
  return text ? `\`${text.replaceAll("|", "\\|")}\`` : "";
}
