/** A topology as one SVG that stands by itself, light and dark. */
import { type Drawing, LINE_HEIGHT, type Line, layOut, type Placed, type TextLine } from "./layout.ts";
import { palette } from "./palette.ts";
import type { HostNode, Reach, ServiceNode, Source, Topology } from "./topology.ts";

export interface SvgOptions {
  /** Whether the colours come along; a page that shows it may have them for all of its drawings. @default true */
  styled?: boolean;
  /** What it shows, for those who cannot see it. @default "Who can reach what from where" */
  title?: string;
}

export async function renderSvg(topology: Topology, options: SvgOptions = {}): Promise<string> {
  const drawing = await layOut(topology);
  const { styled = true, title = "Who can reach what from where" } = options;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="quayside-diagram" viewBox="0 0 ${drawing.width} ${drawing.height}"` +
      ` width="${drawing.width}" height="${drawing.height}" role="img" aria-label="${escapeXml(title)}">`,
    `<title>${escapeXml(title)}</title>`,
    ...(styled ? [`<style>${palette("svg.quayside-diagram")}${diagramStyle}</style>`] : []),
    markers(drawing),
    ...drawing.hosts.map(box),
    ...drawing.lines.map(line),
    ...drawing.sources.map(source),
    ...drawing.cards.map(card),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

export const diagramStyle = `
.quayside-diagram { background: var(--ground); font-family: ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.quayside-diagram .box { fill: var(--surface); stroke: var(--rule); }
.quayside-diagram .card { fill: var(--raised); stroke: var(--rule); }
.quayside-diagram .card.new { stroke: var(--good); stroke-width: 2; }
.quayside-diagram .card.changed { stroke: var(--caution); stroke-width: 2; }
.quayside-diagram .card.removed { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 5 4; }
.quayside-diagram .database { fill: none; stroke: var(--faint); }
.quayside-diagram .title { font-size: 14px; font-weight: 600; fill: var(--ink); }
.quayside-diagram .detail { font-size: 11px; fill: var(--faint); }
.quayside-diagram .access { font-size: 12px; fill: var(--ink); }
.quayside-diagram .source { font-size: 14px; font-weight: 600; fill: var(--on-colour); text-anchor: middle; }
.quayside-diagram .line { fill: none; stroke-width: 1.6; }
.quayside-diagram .line.internal { stroke-dasharray: 3 4; stroke-width: 1.2; }
${(["public", "token", "mesh", "addresses", "internal"] as const)
  .map(
    (reach) =>
      `.quayside-diagram .line.${reach} { stroke: var(--${reach}); } .quayside-diagram .fill.${reach} { fill: var(--${reach}); }`,
  )
  .join("\n")}
`;

function markers({ lines }: Drawing): string {
  const used = new Set<Reach>(lines.map(({ reach }) => reach));
  const arrows = [...used].map(
    (reach) =>
      `<marker id="arrow-${reach}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">` +
      `<path d="M0 0.8 L7.4 4 L0 7.2 z" class="fill ${reach}"/></marker>`,
  );
  return `<defs>${arrows.join("")}</defs>`;
}

function box({ x, y, width, height, lines }: Placed<HostNode> & { lines: readonly TextLine[] }): string {
  return `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/>${texts(x + 18, y + 26, lines)}`;
}

function card({ item, x, y, width, height, lines }: Placed<ServiceNode> & { lines: readonly TextLine[] }): string {
  const rect = `<rect class="card ${item.mark ?? ""}" x="${x}" y="${y}" width="${width}" height="${height}" rx="9"/>`;
  const symbol = item.kind === "database" ? cylinder(x + width - 24, y + 10) : "";
  return `${rect}${symbol}${texts(x + 12, y + 25, lines)}`;
}

function cylinder(x: number, y: number): string {
  return (
    `<path class="database" d="M${x} ${y + 2.5} a6 2.5 0 0 1 12 0 v8 a6 2.5 0 0 1 -12 0 z` +
    ` M${x} ${y + 2.5} a6 2.5 0 0 0 12 0"/>`
  );
}

function texts(x: number, y: number, lines: readonly TextLine[]): string {
  return lines
    .map(({ text, style, reach }, index) => {
      const at = y + index * LINE_HEIGHT;
      const dot = reach ? `<circle class="fill ${reach}" cx="${x + 4}" cy="${at - 4}" r="4"/>` : "";
      return `${dot}<text class="${style}" x="${reach ? x + 14 : x}" y="${at}">${escapeXml(text)}</text>`;
    })
    .join("");
}

function source({ item, x, y, width, height }: Placed<Source>): string {
  return (
    `<rect class="fill ${item.reach}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}"/>` +
    `<text class="source" x="${x + width / 2}" y="${y + height / 2 + 5}">${escapeXml(item.label)}</text>`
  );
}

/** From point to point, with its corners rounded. */
function line({ reach, points }: Line): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (!first || !last) return "";
  const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
  const corners = rest.flatMap((corner, index) => {
    const [before, after] = [rest[index - 1] ?? first, rest[index + 1] ?? last];
    return [`L${at(towards(corner, before))}`, `Q${at(corner)} ${at(towards(corner, after))}`];
  });
  const path = [`M${at(first)}`, ...corners, `L${at(last)}`].join(" ");
  return `<path class="line ${reach}" d="${path}" marker-end="url(#arrow-${reach})"/>`;
}

type Point = { x: number; y: number };

const CORNER = 18;

/** The point on the way from a corner to the next, at most half of it. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(CORNER / length, 0.5);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

const round = (value: number): number => Math.round(value * 10) / 10;

export function escapeXml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
