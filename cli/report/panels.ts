/** What stands below the drawing: cost, drift, certificates, backups. Pure. */
import { cents } from "../../components/cost/money.ts";
import { AREAS } from "../drift/areas.ts";
import type { DriftedResource } from "../drift/drift.ts";
import { differenceLine, telling } from "../drift/render.ts";
import type { Certificate } from "./certificates.ts";
import type { ReportFacts } from "./facts.ts";
import { type Html, html, join } from "./html.ts";
import { ageOf, certificateTone, leftInWords } from "./tiles.ts";

const panel = (...pieces: Html[]): Html => html`<div class="panel">${join(pieces)}</div>`;
const entry = (text: Html): Html => html`<div class="entry">${text}</div>`;
const unknown = (reason: string): Html => panel(entry(html`<span class="tag caution">unknown</span> ${reason.trim()}`));

export function costPanel({ cost: { before, after, lines }, deployed }: ReportFacts): Html {
  if (lines.length === 0) return panel(entry(html`Nothing that is paid for through this stack.`));
  const rows = lines.map(
    ({ name, what, monthly }) =>
      html`<tr><th scope="row">${name}</th><td data-label="What"><span>${what}</span></td><td data-label="EUR" class="number">${monthly === undefined ? "not known" : cents(monthly)}</td></tr>\n`,
  );
  const was = deployed && before !== after ? html` <span class="faint">(${cents(before)} now)</span>` : html``;
  return panel(html`<table class="stack"><thead><tr><th scope="col">Name</th><th scope="col">What</th><th scope="col" class="number">EUR</th></tr></thead>
<tbody>${join(rows)}</tbody>
<tfoot><tr><th scope="row" colspan="2">Together${was}</th><td data-label="EUR" class="number">${cents(after)}</td></tr></tfoot></table>`);
}

export function driftPanel({ drift, stack }: ReportFacts): Html {
  if ("unknown" in drift) return unknown(drift.unknown);
  const { drifted, looked, pending, problems } = drift.found;
  const errors = telling(problems.filter(({ severity }) => severity === "error"));
  const counts = AREAS.flatMap((area) => (looked[area] === undefined ? [] : [`${area} ${looked[area]}`]));
  const verdict =
    drifted.length > 0
      ? html`<span class="tag bad">drifted</span> Repair: <span class="mono">./quay up ${stack} --refresh</span>`
      : errors.length > 0
        ? html`<span class="tag caution">unsure</span> Not everything answered.`
        : html`<span class="tag good">none</span> Everything is as it was deployed.`;
  return panel(
    entry(html`${verdict} <span class="faint small">Looked at: ${counts.join(", ") || "nothing"}.</span>`),
    ...errors.map((message) => entry(html`<span class="small">${message}</span>`)),
    ...drifted.map(driftEntry),
    ...(pending.length > 0 ? [entry(html`<span class="small">Not deployed yet: ${pending.join(", ")}</span>`)] : []),
  );
}

function driftEntry({ name, subject, host, area, state, differences }: DriftedResource): Html {
  const of = subject === name ? "" : ` of ${subject}`;
  const where = host === undefined ? area : `${host}, ${area}`;
  const list = differences.map((difference) => html`<li class="small">${differenceLine(difference)}</li>`);
  return entry(
    html`<strong>${name}</strong>${of} <span class="faint small">(${where})</span>: ${state}${list.length > 0 ? html`<ul>${join(list)}</ul>` : ""}`,
  );
}

export function certificatesPanel({ certificates, at }: ReportFacts): Html {
  if ("unknown" in certificates) return unknown(certificates.unknown);
  if (certificates.found.length === 0) return panel(entry(html`No routes, so no certificates.`));
  return panel(html`<table class="stack"><thead><tr><th scope="col">Hostname</th><th scope="col">On</th><th scope="col">From</th><th scope="col">Until</th><th scope="col">Left</th></tr></thead>
<tbody>${join(certificates.found.map((certificate) => certificateRow(certificate, at)))}</tbody></table>`);
}

function certificateRow(certificate: Certificate, at: string): Html {
  const { hostname, host, shown, problem } = certificate;
  const name = html`<th scope="row"><span class="mono">${hostname}</span></th><td data-label="On"><span>${host}</span></td>`;
  if (!shown) {
    return html`<tr>${name}<td data-label="From" colspan="3"><span><span class="tag caution">not seen</span> <span class="small">${problem ?? ""}</span></span></td></tr>\n`;
  }
  const trust = shown.trusted ? "" : html`<span class="small faint">, not trusted by this machine</span>`;
  return html`<tr>${name}<td data-label="From"><span>${shown.issuer}${trust}</span></td><td data-label="Until"><span>${shown.until.slice(0, 10)}</span></td><td data-label="Left"><span class="tag ${certificateTone(shown, at)}">${leftInWords(shown, at)}</span></td></tr>\n`;
}

export function backupsPanel({ backups, withoutBackup, at }: ReportFacts): Html {
  if ("unknown" in backups) return unknown(backups.unknown);
  const rows = backups.found.map(({ of, kind, newest, note }) => {
    const age =
      newest === undefined
        ? html`<span><span class="tag ${note === "none yet" ? "bad" : "caution"}">${note === "none yet" ? "none yet" : "unknown"}</span> <span class="small">${note === "none yet" ? "" : (note ?? "")}</span></span>`
        : html`<span class="tag ${Date.parse(at) - Date.parse(newest) > TWO_DAYS ? "bad" : "good"}">${ageOf(Date.parse(at) - Date.parse(newest))}</span>`;
    return html`<tr><th scope="row">${of}</th><td data-label="What"><span>${kind}</span></td><td data-label="Age">${age}</td></tr>\n`;
  });
  const table = html`<table class="stack"><thead><tr><th scope="col">Of</th><th scope="col">What</th><th scope="col">Age</th></tr></thead><tbody>${join(rows)}</tbody></table>`;
  return panel(
    ...(rows.length > 0 ? [table] : []),
    ...(withoutBackup.length > 0
      ? [entry(html`<span class="tag bad">none declared</span> of the hosts ${withoutBackup.join(", ")}`)]
      : []),
  );
}

const TWO_DAYS = 2 * 86_400_000;
