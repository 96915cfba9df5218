import type { Edge, Mark, ServiceNode, Topology } from "./topology.ts";

/** A topology as a Mermaid flowchart, which GitHub draws in comments and pages. Pure. */
export function renderMermaid(topology: Topology): string {
  const ids = new Map<string, string>();
  const id = (key: string): string => {
    const known = ids.get(key) ?? `n${ids.size}`;
    ids.set(key, known);
    return known;
  };
  const lines = [
    "flowchart LR",
    ...topology.sources.map((source) => `  ${id(source.id)}((${quoted(source.label)})):::source`),
    ...topology.hosts.flatMap((host) => [
      `  subgraph ${id(host.id)}[${quoted([host.name, host.detail].filter(Boolean).join(" · "))}]`,
      ...(host.services.length === 0 ? [`    ${id(`${host.id} empty`)}["no services"]:::empty`] : []),
      ...host.services.map((service) => `    ${id(service.id)}${shape(service)}${styleOf(service.mark)}`),
      "  end",
    ]),
    ...topology.edges.map((edge) => `  ${id(edge.from)} ${arrow(edge)} ${id(edge.to)}`),
  ];
  const used = styles.filter((style) => lines.some((line) => line.endsWith(`:::${style.split(" ")[3]}`)));
  return `${[...lines, ...used].join("\n")}\n`;
}

const styles = [
  "  classDef source fill:#e8eef7,stroke:#5b7aa8,color:#1c2b40",
  "  classDef empty fill:none,stroke:#9aa4b2,stroke-dasharray:3 3,color:#6b7480",
  "  classDef new fill:#d9f2e0,stroke:#2f8f4e,color:#123d20",
  "  classDef changed fill:#fdf0cf,stroke:#b7891a,color:#4a3605",
  "  classDef removed fill:#fbdcdc,stroke:#c23b3b,color:#571212,stroke-dasharray:4 3",
];

function shape({ name, kind, detail }: ServiceNode): string {
  const label = quoted(detail ? `${name}<br><small>${detail}</small>` : name);
  return kind === "database" ? `[(${label})]` : `[${label}]`;
}

function styleOf(mark: Mark | undefined): string {
  return mark ? `:::${mark}` : "";
}

function arrow({ labels, reach }: Edge): string {
  const line = reach === "internal" ? "-.->" : reach === "public" || reach === "token" ? "==>" : "-->";
  return labels.length === 0 ? line : `${line}|${quoted(labels.join("<br>"))}|`;
}

/** Quotes, and whatever could end a label or begin a tag, as entities; the line breaks that are ours stay. */
function quoted(text: string): string {
  const safe = text
    .replace(/\s+/g, " ")
    .split(/(<br>|<small>|<\/small>)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(/[&"<>#;\\`|{}[\]]/g, (character) => `#${character.codePointAt(0)};`),
    )
    .join("");
  return `"${safe}"`;
}
