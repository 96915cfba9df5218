/** The routes of a Caddyfile, read from what the proxy is really given. */
import { contains, isEverybody } from "../../components/docker/cidr.ts";
import { MESH_RANGES } from "../../components/mesh/ranges.ts";

/** Who may use a route, as far as the Caddyfile says; `addresses` are named with it, the mesh maybe among them. */
export type Access = "public" | "mesh" | "token" | "addresses";

export interface ProxyRoute {
  hostname: string;
  /** Undefined for every path that no other route of the hostname takes. */
  paths?: readonly string[];
  access: Access;
  /** For `addresses`: which, as they are written; those of the mesh and of containers are left out. */
  addresses?: readonly string[];
  /** For `addresses`: whether the mesh may use it, too. */
  andMesh?: true;
  /** `n8n:5678`; `https://n8n.example.org` for what another host's proxy answers under that name. */
  upstream: string;
}

interface Block {
  words: readonly string[];
  body: readonly Block[];
}

/**
 * Pure. What it does not know (other directives, other matchers) it passes by; a route it is not sure of is public.
 *
 * @param containers - Ranges of the host's own containers, which are no way in.
 */
export function routesOf(caddyfile: string, containers: readonly string[] = []): ProxyRoute[] {
  const { blocks } = parse(tokens(caddyfile), 0);
  return blocks
    .filter(({ words, body }) => body.length > 0 && words.length > 0 && !words[0]?.startsWith("("))
    .flatMap(({ words, body }) => {
      // What is handed on over a socket is routed by whoever listens there.
      const upstreams = collect(body, { access: "public" }, new Map(), containers).filter(
        ({ upstream }) => !/^unix/.test(upstream),
      );
      const hostnames = words.map(hostnameOf).filter((hostname) => hostname !== "");
      return hostnames.flatMap((hostname) => upstreams.map((found) => ({ hostname, ...found })));
    });
}

function hostnameOf(address: string): string {
  return address.replace(/,$/, "").replace(/^https?:\/\//, "");
}

type Found = Omit<ProxyRoute, "hostname">;
type Context = Omit<Found, "upstream">;

function collect(
  body: readonly Block[],
  context: Context,
  outer: ReadonlyMap<string, Context>,
  containers: readonly string[],
): Found[] {
  const matchers = new Map(outer);
  for (const block of body) {
    const [name = ""] = block.words;
    if (name.startsWith("@")) matchers.set(name, matcherOf(block, containers));
  }
  return body.flatMap((block): Found[] => {
    const [directive, first = ""] = block.words;
    const matched = matchers.get(first) ?? (first.startsWith("/") ? { access: "public", paths: [first] } : undefined);
    const inside = matched ? narrowed(context, matched) : context;
    if (directive === "reverse_proxy") {
      const upstream =
        relayedTo(block) ?? block.words.slice(1).find((word) => !/^[@/*]/.test(word)) ?? upstreamInside(block);
      return upstream === undefined ? [] : [{ ...inside, upstream }];
    }
    return ["handle", "handle_path", "route"].includes(directive ?? "")
      ? collect(block.body, inside, matchers, containers)
      : [];
  });
}

/** Another proxy is told by which of its names it is asked. */
function relayedTo({ words, body }: Block): string | undefined {
  const host = body.find(({ words: [directive, header] }) => directive === "header_up" && header === "Host")?.words[2];
  const other = words.some((word) => word.startsWith("https://")) || body.some((line) => line.words[0] === "dynamic");
  return host !== undefined && other ? `https://${host}` : undefined;
}

function upstreamInside({ body }: Block): string | undefined {
  return body.find(({ words }) => words[0] === "to")?.words[1];
}

const strictness: Access[] = ["public", "token", "addresses", "mesh"];

function narrowed(context: Context, matched: Context): Context {
  const { paths: _, ...who } =
    strictness.indexOf(matched.access) > strictness.indexOf(context.access) ? matched : context;
  const paths = matched.paths ?? context.paths;
  return { ...who, ...(paths && { paths }) };
}

function matcherOf({ words, body }: Block, containers: readonly string[]): Context {
  const lines = body.length > 0 ? body.map((line) => line.words) : [words.slice(1)];
  const paths = lines.filter(([kind]) => kind === "path").flatMap(([, ...rest]) => rest);
  const kinds = lines.map(([kind]) => kind);
  const secured = ["header", "header_regexp", "query", "expression"].some((kind) => kinds.includes(kind));
  const clients = lines.filter(([kind]) => kind === "remote_ip" || kind === "client_ip");
  const from = whoOf(
    clients.flatMap(([, ...ranges]) => ranges),
    containers,
  );
  const who: Context = clients.length > 0 && from ? from : { access: secured ? "token" : "public" };
  return { ...who, ...(paths.length > 0 && { paths }) };
}

/** Who has an address in these ranges, which may be names of Caddy's own such as `private_ranges`; undefined for everybody. */
function whoOf(ranges: readonly string[], containers: readonly string[]): Context | undefined {
  if (isEverybody(ranges)) return undefined;
  const isIn = (known: readonly string[]) => (range: string) => known.some((one) => contains(one, range));
  const outside = ranges.filter((range) => !isIn(containers)(range));
  const addresses = outside.filter((range) => !isIn(MESH_RANGES)(range));
  if (addresses.length === 0) return { access: "mesh" };
  return { access: "addresses", addresses, ...(addresses.length < outside.length && { andMesh: true }) };
}

type Token = string | typeof LINE;
const LINE = Symbol("end of line");

/** Words, quoted or not, and the ends of lines. */
function tokens(text: string): Token[] {
  return text.split("\n").flatMap((line): Token[] => {
    const words = line.match(/"(?:\\.|[^"\\])*"|`[^`]*`|\S+/g) ?? [];
    const comment = words.findIndex((word) => word.startsWith("#"));
    return [...(comment < 0 ? words : words.slice(0, comment)), LINE];
  });
}

function parse(from: readonly Token[], start: number): { blocks: Block[]; next: number } {
  const blocks: Block[] = [];
  let words: string[] = [];
  let at = start;
  for (; at < from.length && from[at] !== "}"; at++) {
    const token = from[at];
    if (token === "{") {
      const inner = parse(from, at + 1);
      blocks.push({ words, body: inner.blocks });
      words = [];
      at = inner.next;
    } else if (token === LINE) {
      if (words.length > 0) blocks.push({ words, body: [] });
      words = [];
    } else if (typeof token === "string") {
      words.push(token.replace(/^"(.*)"$/, "$1"));
    }
  }
  if (words.length > 0) blocks.push({ words, body: [] });
  return { blocks, next: at };
}
