/** How the report looks: one column of sections on a quiet ground, readable at any width, light and dark. */
import { palette } from "../diagram/palette.ts";
import { diagramStyle } from "../diagram/svg.ts";

export const style = `${palette(":root")}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { margin: 0; font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 20px; letter-spacing: -0.01em; }
h3 { margin: 0; font-size: 15px; }
p { margin: 0; }
.faint { color: var(--faint); }
.small { font-size: 14px; }
code, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.875em; overflow-wrap: anywhere; }
header p { margin-top: 6px; color: var(--faint); }
.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 12px; margin: 28px 0 0; padding: 0; }
.tile { background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; padding: 16px; border-top: 4px solid var(--rule); }
.tile dt { font-size: 13px; color: var(--faint); }
.tile dd { margin: 2px 0 0; font-size: 26px; font-weight: 650; letter-spacing: -0.02em; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile .note { display: block; margin-top: 4px; font-size: 13px; font-weight: 400; letter-spacing: 0; line-height: 1.4; color: var(--faint); overflow-wrap: anywhere; }
.tile.good { border-top-color: var(--good); } .tile.caution { border-top-color: var(--caution); } .tile.bad { border-top-color: var(--bad); }
.unknown { margin-top: 16px; padding: 14px 16px; border-radius: 14px; border: 1px solid var(--caution); background: var(--surface); }
.unknown ul { margin: 6px 0 0; padding-left: 20px; overflow-wrap: anywhere; }
section { margin-top: 44px; }
section > p { color: var(--faint); }
.panel { margin-top: 14px; background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; overflow: hidden; }
.drawing { overflow-x: auto; background: var(--ground); -webkit-overflow-scrolling: touch; }
.drawing svg { display: block; margin: 0 auto; max-width: none; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; padding: 12px 16px; border-top: 1px solid var(--rule); font-size: 14px; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 7px; background: currentColor; }
.public { color: var(--public); } .token { color: var(--token); } .mesh { color: var(--mesh); } .addresses { color: var(--addresses); } .internal { color: var(--internal); }
.hint { display: none; }
.legend span > span:last-child { color: var(--ink); }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; padding: 14px 16px 10px; font-weight: 650; }
caption .faint { font-weight: 400; }
th, td { padding: 10px 16px; text-align: left; vertical-align: top; border-top: 1px solid var(--rule); overflow-wrap: anywhere; }
thead th { font-size: 13px; font-weight: 600; color: var(--faint); white-space: nowrap; padding-top: 8px; padding-bottom: 8px; }
.panel > table:first-child:not(:has(caption)) thead th { border-top: 0; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot th, tfoot td { font-weight: 650; background: var(--raised); }
.matrix { table-layout: fixed; }
.matrix thead th { width: 16%; }
.matrix thead th:first-child { width: 26%; }
.matrix thead th.cell { width: 14%; white-space: normal; }
.matrix td.cell, .matrix thead th.cell { text-align: center; }
.matrix .mark { display: inline-block; font-weight: 600; font-size: 14px; }
.matrix .none { color: var(--faint); }
.matrix .who { display: block; font-size: 13px; color: var(--ink); }
.tag { display: inline-block; font-size: 13px; font-weight: 600; padding: 1px 9px; border-radius: 999px; border: 1px solid currentColor; white-space: nowrap; }
.good { color: var(--good); } .caution { color: var(--caution); } .bad { color: var(--bad); }
.tile.good, .tile.caution, .tile.bad { color: var(--ink); }
.entry { padding: 14px 16px; overflow-wrap: anywhere; }
.entry + .entry, table + .entry, .entry + table { border-top: 1px solid var(--rule); }
.entry ul { margin: 6px 0 0; padding-left: 20px; }
footer { margin-top: 56px; padding-top: 16px; border-top: 1px solid var(--rule); font-size: 14px; color: var(--faint); }
@media (max-width: 900px) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .tile:first-child { grid-column: 1 / -1; } }
@media (max-width: 680px) {
  main { padding: 24px 14px 48px; }
  h1 { font-size: 28px; }
  .tiles { gap: 10px; margin-top: 20px; }
  .tile { padding: 12px; }
  .tile dd { font-size: 22px; }
  .drawing svg { margin: 0; }
  .hint { display: block; padding: 10px 16px 0; font-size: 14px; color: var(--faint); }
  table.stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.stack, table.stack tbody, table.stack tfoot, table.stack tr, table.stack td, table.stack th, table.stack caption { display: block; }
  table.stack tr { padding: 12px 16px; border-top: 1px solid var(--rule); }
  table.stack tbody tr > *, table.stack tfoot tr > * { border: 0; padding: 2px 0; text-align: left; width: auto; white-space: normal; }
  table.stack tfoot th, table.stack tfoot td { background: none; }
  table.stack tfoot tr { background: var(--raised); }
  table.stack tbody th { font-weight: 600; padding-bottom: 4px; }
  table.stack td[data-label] { display: flex; gap: 12px; }
  table.stack td[data-label]::before { content: attr(data-label); flex: 0 0 112px; color: var(--faint); font-size: 14px; }
  table.stack td[data-label] > * { min-width: 0; }
  table.matrix.stack tbody tr { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 6px 10px; padding: 12px 16px; }
  table.matrix.stack tbody th { grid-column: 1 / -1; padding: 0; }
  table.matrix.stack tbody td { padding: 0; }
  table.matrix.stack td.does { grid-column: 1 / -1; display: block; }
  table.matrix.stack td.does::before { content: "leads to "; }
  table.matrix.stack td.class { grid-column: 1 / -1; }
  table.matrix.stack td.class::before { display: none; }
  table.matrix.stack td.cell { display: block; text-align: left; }
  table.matrix.stack td.cell::before { display: block; font-size: 13px; line-height: 1.3; }
}
@media print { body { background: none; } section { break-inside: avoid; } .drawing svg { max-width: 100%; height: auto; } }
${diagramStyle}
`;
