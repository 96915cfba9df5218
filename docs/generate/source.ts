/** Reads declarations and their docstrings, by syntax alone: quick, and what the reader of the source sees. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

export interface Property {
  name: string;
  /** As written, without `pulumi.`. */
  type: string;
  optional: boolean;
  doc: Doc;
  /** Properties of a type that is written in place. */
  nested: Property[];
}

export interface Doc {
  text: string;
  default?: string;
  examples: string[];
  /** Parameters of a function, as `name: what it is`. */
  parameters: string[];
}

export interface Declaration {
  kind: "class" | "interface" | "function" | "type" | "value";
  name: string;
  /** Path below the repository. */
  file: string;
  doc: Doc;
  abstract: boolean;
  /** Names of what it extends and implements. */
  bases: string[];
  /** Public properties and getters; methods as `name(parameters)`. */
  properties: Property[];
  /** Name of the interface of the constructor's `args`. */
  args: string | undefined;
  /** Of a function: `(host: string): Route`. Of a type: what it stands for. */
  signature: string | undefined;
}

/** An entry point: what it exports, and every declaration of the files behind it by name. */
export interface Entry {
  exported: string[];
  declarations: Map<string, Declaration>;
}

/** @param index path of the entry point below `root` */
export function readEntry(root: string, index: string): Entry {
  const exported: string[] = [];
  const declarations = new Map<string, Declaration>();
  const folder = dirname(join(root, index));
  for (const statement of parse(join(root, index)).statements) {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier || !statement.exportClause) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    exported.push(...statement.exportClause.elements.map((element) => element.name.text));
    const file = join(folder, (statement.moduleSpecifier as ts.StringLiteral).text);
    for (const declaration of readFile(root, file)) {
      // `const X = class as new …` comes with a type of the same name; the one with the docstring wins.
      const known = declarations.get(declaration.name);
      if (!known?.doc.text || known.kind === "type") declarations.set(declaration.name, merge(known, declaration));
    }
  }
  return { exported, declarations };
}

function merge(known: Declaration | undefined, added: Declaration): Declaration {
  return known?.doc.text && !added.doc.text ? { ...added, doc: known.doc } : added;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
}

function readFile(root: string, file: string): Declaration[] {
  return parse(file).statements.flatMap((node): Declaration[] => {
    const base = { file: relative(root, file), doc: docOf(node), abstract: false, bases: [], properties: [] };
    const rest = { args: undefined, signature: undefined };
    if (ts.isInterfaceDeclaration(node)) {
      const bases = basesOf(node.heritageClauses);
      return [
        { ...base, ...rest, kind: "interface", name: node.name.text, bases, properties: membersOf(node.members) },
      ];
    }
    if (ts.isClassDeclaration(node) && node.name) {
      return [{ ...base, ...rest, ...classOf(node), kind: "class", name: node.name.text }];
    }
    if (ts.isFunctionDeclaration(node) && node.name) {
      const signature = `(${node.parameters.map(textOf).join(", ")}): ${typeOf(node.type)}`;
      return [{ ...base, ...rest, kind: "function", name: node.name.text, signature }];
    }
    if (ts.isTypeAliasDeclaration(node)) {
      return [{ ...base, ...rest, kind: "type", name: node.name.text, signature: typeOf(node.type) }];
    }
    if (ts.isVariableStatement(node)) {
      return node.declarationList.declarations.map((declaration) => ({
        ...base,
        ...rest,
        kind: "value",
        name: textOf(declaration.name),
        signature: declaration.type && typeOf(declaration.type),
      }));
    }
    return [];
  });
}

function classOf(node: ts.ClassDeclaration): Pick<Declaration, "abstract" | "bases" | "properties" | "args"> {
  const made = node.members.find(ts.isConstructorDeclaration);
  const args = made?.parameters.find((parameter) => textOf(parameter.name) === "args")?.type;
  return {
    abstract: has(node, ts.SyntaxKind.AbstractKeyword),
    bases: basesOf(node.heritageClauses),
    properties: membersOf(node.members.filter(isPublic)),
    args: args && textOf(args).replace(/<.*$/s, ""),
  };
}

function isPublic(member: ts.ClassElement): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword, ts.SyntaxKind.StaticKeyword];
  return !hidden.some((kind) => has(member, kind)) && !(member.name && ts.isPrivateIdentifier(member.name));
}

function membersOf(members: readonly (ts.TypeElement | ts.ClassElement)[]): Property[] {
  return members.flatMap((member): Property[] => {
    if (!member.name) return [];
    const property = { name: textOf(member.name), optional: false, doc: docOf(member), nested: [] };
    if (ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) {
      const literal = member.type && ts.isTypeLiteralNode(member.type) ? member.type : undefined;
      const nested = literal ? membersOf([...literal.members]) : [];
      return [
        { ...property, type: literal ? "object" : typeOf(member.type), optional: !!member.questionToken, nested },
      ];
    }
    if (ts.isGetAccessorDeclaration(member)) return [{ ...property, type: typeOf(member.type) }];
    if (ts.isMethodDeclaration(member) || ts.isMethodSignature(member)) {
      const name = `${property.name}(${member.parameters.map(textOf).join(", ")})`;
      return [{ ...property, name, type: typeOf(member.type) }];
    }
    return [];
  });
}

function basesOf(clauses: readonly ts.HeritageClause[] | undefined): string[] {
  return (clauses ?? []).flatMap((clause) => clause.types.map((type) => textOf(type).replace(/<.*$/s, "")));
}

const TAGS: ReadonlySet<string> = new Set(["default", "example", "param", "returns", "throws"]);

function docOf(node: ts.Node): Doc {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const last = docs.at(-1);
  const tags = last?.tags ?? [];
  const unknown = tags.find(({ tagName }) => !TAGS.has(tagName.text));
  if (unknown) {
    // Everything behind it would be missing from the page.
    const where = node.getSourceFile().fileName;
    throw new Error(`${where}: @${unknown.tagName.text} is no tag of these docstrings; what follows an @ is lost.`);
  }
  const values = (name: string) =>
    tags.filter((tag) => tag.tagName.text === name).map((tag) => ts.getTextOfJSDocComment(tag.comment) ?? "");
  const [fallback] = values("default");
  const parameters = tags.flatMap((tag) => {
    if (!ts.isJSDocParameterTag(tag)) return [];
    return `\`${textOf(tag.name)}\`: ${ts.getTextOfJSDocComment(tag.comment) ?? ""}`;
  });
  return {
    text: ts.getTextOfJSDocComment(last?.comment)?.trim() ?? "",
    ...(fallback !== undefined && { default: fallback.trim() }),
    parameters,
    examples: values("example").map((example) => example.replace(/^```\w*\n|\n```\s*$/g, "").trim()),
  };
}

function has(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}

function typeOf(node: ts.TypeNode | undefined): string {
  return node ? textOf(node) : "";
}

/** On one line, without comments. */
function textOf(node: ts.Node): string {
  return node
    .getText()
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/pulumi\./g, "")
    .replace(/\s+/g, " ");
}
