/** Where everything of a topology goes: cards, boxes and lines, laid out by ELK. */
import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api.js";
import type { HostNode, Reach, ServiceNode, Source, Topology } from "./topology.ts";

export interface Drawing {
  width: number;
  height: number;
  sources: readonly Placed<Source>[];
  hosts: readonly (Placed<HostNode> & { lines: readonly TextLine[] })[];
  cards: readonly (Placed<ServiceNode> & { lines: readonly TextLine[] })[];
  lines: readonly Line[];
}

export type Placed<T> = { item: T; x: number; y: number; width: number; height: number };

/** A line of text on a card, with a dot in the colour of who may use it. */
export interface TextLine {
  text: string;
  style: "title" | "detail" | "access";
  reach?: Reach;
}

export interface Line {
  reach: Reach;
  points: readonly { x: number; y: number }[];
}

/** Sizes in pixels; letters of a usual sans-serif face are about half as wide as high, capitals and digits wider. */
const FONT = { title: 14, detail: 11, access: 12 } as const;
export const LINE_HEIGHT = 18;
const PADDING = 12;
const DOT = 14;

function widthOf({ text, style }: TextLine): number {
  const perLetter = style === "title" ? 0.66 : 0.56;
  return text.length * FONT[style] * perLetter + (style === "access" ? DOT : 0);
}

function sizeOf(lines: readonly TextLine[]): { width: number; height: number } {
  return {
    width: Math.ceil(Math.max(110, ...lines.map(widthOf)) + 2 * PADDING),
    height: lines.length * LINE_HEIGHT + 2 * PADDING,
  };
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "POLYLINE",
  // Machines on the way to nobody stay beside the others instead of among those who come from outside.
  "elk.separateConnectedComponents": "false",
  "elk.layered.spacing.nodeNodeBetweenLayers": "70",
  "elk.spacing.nodeNode": "22",
  "elk.spacing.edgeNode": "18",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.padding": "[top=24,left=24,bottom=24,right=24]",
} as const;

/** The library is loaded on the first call: it is large, and nothing else needs it. */
export async function layOut(topology: Topology): Promise<Drawing> {
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const texts = textsOf(topology);
  const graph: ElkNode = {
    id: "root",
    layoutOptions: OPTIONS,
    children: [
      ...topology.sources.map((source) => sourceNode(source)),
      ...topology.hosts.map((host) => hostNode(host, texts)),
    ],
    edges: edgesOf(topology),
  };
  // The declaration says a namespace, the module is the class.
  const elk = new (Elk as unknown as new () => { layout(graph: ElkNode): Promise<ElkNode> })();
  return drawingOf(topology, texts, await elk.layout(graph));
}

type Texts = ReadonlyMap<string, readonly TextLine[]>;

/** What is written on each card and box: names, and by which names or ports it is reached from outside. */
function textsOf({ hosts, edges }: Topology): Texts {
  const access = (id: string): TextLine[] =>
    edges
      .filter(({ to, reach }) => to === id && reach !== "internal")
      .flatMap(({ labels, reach }) => labels.map((text) => ({ text, style: "access" as const, reach })));
  return new Map(
    hosts.flatMap((host): [string, TextLine[]][] => [
      [host.id, [title(host.name), ...detail(host.detail), ...shared(access(host.id))]],
      ...host.services.map((service): [string, TextLine[]] => [
        service.id,
        [title(service.name), ...detail(service.detail), ...access(service.id)],
      ]),
    ]),
  );
}

const title = (text: string): TextLine => ({ text, style: "title" });
const detail = (text: string): TextLine[] => (text === "" ? [] : [{ text, style: "detail" }]);

const FROM: Record<Reach, string> = {
  public: "internet",
  token: "internet, with a token",
  mesh: "mesh",
  addresses: "named addresses",
  internal: "",
};

/** A host's ports, with who may use each: drawn as lines they would hide everything else. */
function shared(lines: readonly TextLine[]): TextLine[] {
  const byText = Map.groupBy(lines, ({ text }) => text);
  return [...byText].map(([text, same]) => ({
    text: `${text} · ${same.map(({ reach }) => FROM[reach ?? "internal"]).join(", ")}`,
    style: "access",
    reach: same[0]?.reach ?? "internal",
  }));
}

function sourceNode({ id, label }: Source): ElkNode {
  const { width } = sizeOf([title(label)]);
  return { id, width, height: 44, layoutOptions: { "elk.layered.layering.layerConstraint": "FIRST_SEPARATE" } };
}

function hostNode(host: HostNode, texts: Texts): ElkNode {
  const { width, height } = sizeOf(texts.get(host.id) ?? []);
  const cards = host.services.map((service) => ({ id: service.id, ...sizeOf(texts.get(service.id) ?? []) }));
  // Cards of one width stand in columns.
  const widest = Math.max(...cards.map((card) => card.width));
  return {
    id: host.id,
    layoutOptions: {
      "elk.padding": `[top=${height + 4},left=18,bottom=18,right=18]`,
      "elk.nodeSize.constraints": "MINIMUM_SIZE",
      "elk.nodeSize.minimum": `(${width + 12}, ${height + 8})`,
    },
    ...(host.services.length === 0 && { width: width + 12, height: height + 8 }),
    children: cards.map((card) => ({ ...card, width: widest })),
  };
}

function edgesOf({ edges, hosts }: Topology): ElkExtendedEdge[] {
  const boxes = new Set(hosts.map(({ id }) => id));
  return edges
    .filter(({ to }) => !boxes.has(to))
    .map(({ from, to, reach }, index) => ({ id: `${index} ${reach}`, sources: [from], targets: [to] }));
}

function drawingOf(topology: Topology, texts: Texts, root: ElkNode): Drawing {
  const nodes = new Map<string, ElkNode>();
  const visit = (node: ElkNode): void => {
    nodes.set(node.id, node);
    node.children?.forEach(visit);
  };
  visit(root);
  const place = <T extends { id: string }>(item: T): Placed<T> => {
    const { x = 0, y = 0, width = 0, height = 0 } = nodes.get(item.id) ?? {};
    return { item, x, y, width, height };
  };
  return {
    width: Math.ceil(root.width ?? 0),
    height: Math.ceil(root.height ?? 0),
    sources: topology.sources.map(place),
    hosts: aligned(topology.hosts.map((host) => ({ ...place(host), lines: texts.get(host.id) ?? [] }))),
    cards: topology.hosts.flatMap(({ services }) =>
      services.map((service) => ({ ...place(service), lines: texts.get(service.id) ?? [] })),
    ),
    lines: (root.edges ?? []).map(lineOf),
  };
}

/** Hosts without services, which no line leads to, begin where the others do, as far as nobody stands there. */
function aligned<T extends Placed<HostNode>>(hosts: readonly T[]): T[] {
  const left = Math.min(...hosts.map(({ x }) => x));
  return hosts.map((host) => {
    const beside = hosts.some(
      (other) => other !== host && other.y < host.y + host.height && host.y < other.y + other.height,
    );
    return host.item.services.length > 0 || beside ? host : { ...host, x: left };
  });
}

function lineOf({ id, sections = [] }: ElkExtendedEdge): Line {
  const reach = id.split(" ")[1] as Reach;
  return {
    reach,
    points: sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]),
  };
}
