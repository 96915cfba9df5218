/** A report as one page that needs nothing else: no request, no script. */
import { renderSvg } from "../diagram/svg.ts";
import type { Reach } from "../diagram/topology.ts";
import { type ReportFacts, unknowns } from "./facts.ts";
import { type Html, html, join } from "./html.ts";
import { matrixTable } from "./matrix-table.ts";
import { backupsPanel, certificatesPanel, costPanel, driftPanel } from "./panels.ts";
import { style } from "./style.ts";
import { tilesOf } from "./tiles.ts";

/** Pure, but for the layout of the drawing. */
export async function renderReport(facts: ReportFacts): Promise<string> {
  const { stack, topology, exposure, names } = facts;
  const svg = await renderSvg(topology, { styled: false, title: `${stack}: who can reach what from where` });
  const body = html`<main>
<header>
<h1>${stack}</h1>
<p>${basisOf(facts)}</p>
</header>
<dl class="tiles">
${join(tilesOf(facts).map(({ label, value, note, tone }) => html`<div class="tile ${tone}"><dt>${label}</dt><dd>${value}<span class="note">${note}</span></dd></div>\n`))}</dl>
${unknownBox(unknowns(facts))}
<section id="topology">
<h2>Topology</h2>
<p>Hosts, what runs on them, and the ways in.</p>
<div class="panel">
<p class="hint">The drawing scrolls sideways.</p>
<div class="drawing" tabindex="0" role="region" aria-label="Drawing of the topology; scrolls sideways">
${html.trusted(svg)}</div>
${legend(new Set(topology.edges.map(({ reach }) => reach)))}
</div>
</section>
<section id="exposure">
<h2>Exposure</h2>
<p>Who reaches what from where: through every firewall, the proxies' rules and the mesh's policy, as declared.</p>
${matrixTable(exposure, names)}
</section>
<section id="cost">
<h2>Cost</h2>
<p>Net, a month, in EUR; ${facts.cost.source}. Machines that are not rented through this stack are not in it.</p>
${costPanel(facts)}
</section>
<section id="drift">
<h2>Drift</h2>
<p>What is not as it was deployed.</p>
${driftPanel(facts)}
</section>
<section id="certificates">
<h2>Certificates</h2>
<p>What the proxies show over TLS, by hostname.</p>
${certificatesPanel(facts)}
</section>
<section id="backups">
<h2>Backups</h2>
<p>What the stack declares, and how old the newest copy is.</p>
${backupsPanel(facts)}
</section>
<footer>Quayside ${facts.version} · <span class="mono">./quay report ${stack}</span> · ${moment(facts.at)}</footer>
</main>`;
  return page(`${stack} · Quayside report`, body);
}

function page(title: string, body: Html): string {
  // The policy lets nothing in from elsewhere, whatever a name in the stack contains.
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${html.trusted(style)}</style>
</head>
<body>
${body}
</body>
</html>`}\n`;
}

/** `21 November 2026, 15:40 UTC` */
export function moment(iso: string): string {
  const options = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return `${new Intl.DateTimeFormat("en-GB", options).format(new Date(iso)).replace(" at ", ", ")} UTC`;
}

function basisOf({ at, deployed, waiting }: ReportFacts): string {
  const state = !deployed
    ? "as declared; nothing is deployed, as far as the state that was at hand says"
    : waiting === 0
      ? "as declared, which is what is deployed"
      : `as declared; ${waiting} ${waiting === 1 ? "change is" : "changes are"} not deployed yet`;
  return `${moment(at)} · ${state}`;
}

function unknownBox(sentences: readonly string[]): Html {
  if (sentences.length === 0) return html``;
  return html`<div class="unknown" role="note"><h3>What could not be looked at</h3>
<ul>${join(sentences.map((sentence) => html`<li>${sentence}</li>`))}</ul></div>`;
}

const LEGEND: readonly [Reach, string][] = [
  ["public", "anybody"],
  ["token", "anybody with the token"],
  ["addresses", "named addresses"],
  ["mesh", "the mesh"],
  ["internal", "inside the platform"],
];

function legend(used: ReadonlySet<Reach>): Html {
  const items = LEGEND.filter(([reach]) => used.has(reach));
  return html`<div class="legend small">${join(
    items.map(([reach, label]) => html`<span><span class="dot ${reach}"></span><span>${label}</span></span>`),
  )}</div>`;
}
