import { type DnsName, HOST_ITSELF } from "../plan-model/platform.ts";
import { type Html, html, join } from "./html.ts";
import { type AccessClass, type Cell, PLACES, type Place, type Row } from "./matrix.ts";

const LABELS: Record<Place, string> = { internet: "Internet", mesh: "Mesh", addresses: "Addresses" };
const CLASSES: Record<AccessClass, string> = {
  public: "public",
  token: "token",
  mesh: "mesh only",
  addresses: "named addresses",
};

/** One table for each host: what can be reached on it, and from where. Pure. */
export function matrixTable(rows: readonly Row[], names: readonly DnsName[]): Html {
  const hosts = [...Map.groupBy(rows, ({ host }) => host)];
  const tables = hosts.map(
    ([host, own]) => html`<div class="panel"><table class="matrix stack">
<caption>${host} <span class="faint">${own.length} ${own.length === 1 ? "way" : "ways"} in</span></caption>
<thead><tr><th scope="col">What</th><th scope="col">Leads to</th><th scope="col">Access</th>${join(
      PLACES.map((place) => html`<th scope="col" class="cell">${LABELS[place]}</th>`),
    )}</tr></thead>
<tbody>
${join(own.map(rowOf))}</tbody></table></div>
`,
  );
  const published = [...new Set(names.map(({ name, type }) => `${name} ${type}`))];
  return join([
    ...(tables.length > 0 ? tables : [html`<div class="panel"><p class="entry">Nothing can be reached.</p></div>`]),
    ...(published.length > 0
      ? [
          html`<div class="panel"><p class="entry small">Names published in DNS: <span class="mono">${published.join(", ")}</span></p></div>`,
        ]
      : []),
  ]);
}

function rowOf({ what, service, access, from }: Row): Html {
  return html`<tr><th scope="row"><span class="mono">${what.replace(/^https:\/\//, "")}</span></th><td class="does" data-label="Leads to"><span>${service ?? HOST_ITSELF}</span></td><td class="class" data-label="Access"><span class="tag ${access}">${CLASSES[access]}</span></td>${join(
    PLACES.map(
      (place) =>
        html`<td class="cell" data-label="${LABELS[place]}">${cellOf(from[place], colourOf(place, access))}</td>`,
    ),
  )}</tr>
`;
}

/** What is open to everybody is so for all; else each place has its own. */
function colourOf(place: Place, access: AccessClass): AccessClass {
  return access === "public" || access === "token" || place === "internet" ? access : place;
}

function cellOf({ reaches, who }: Cell, colour: AccessClass): Html {
  if (reaches === "no") return html`<span class="mark none">no</span>`;
  const names = join((who ?? []).map((name) => html`<span class="who mono">${name}</span>`));
  return html`<span><span class="mark ${colour}">${reaches === "token" ? "with token" : "yes"}</span>${names}</span>`;
}
