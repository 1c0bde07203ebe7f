import { hues, LINES } from "./hues.ts";

/** Style of the page: light and dark by what the reader's system prefers. */
export const STYLE = `
:root { color-scheme: light dark;
  --paper: #ffffff; --panel: #f5f6f8; --ink: #1b1f24; --soft: #57606a; --line: #d5d9df;
  --server: #0b57b0; --clients: #b3470a; --client: #64748b; --data: #1d5fa3;
  --train: #2463b4; --evaluate: #3f8f5f; --other: #0f7c85; --serving: #7a4fb0; --transfer: #d69a2d; --waiting: #c3c9d1; --gone: #c8323f;
  --good: #17693a; --bad: #b02330; --calm: #0b57b0; ${hues(0)} }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171c; --panel: #1d2229; --ink: #e8ebef; --soft: #a3adba; --line: #363d47;
  --server: #6cb0ff; --clients: #ffa15c; --client: #8b98a9; --data: #58a6f0;
  --train: #5b9df0; --evaluate: #5fbf86; --other: #4fc3cc; --serving: #b594e8; --transfer: #e3b04b; --waiting: #4c5663; --gone: #ff6b75;
  --good: #6fd39a; --bad: #ff8d95; --calm: #7dbaff; ${hues(1)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 960px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 4px 0; }
h2 { font-size: 1.25rem; margin: 0 0 12px; }
h3 { font-size: 1rem; margin: 20px 0 6px; }
p { margin: 8px 0; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.92em; }
h1 code { font-size: 1em; }
section { border-top: 1px solid var(--line); margin-top: 28px; padding-top: 22px; }
.soft { color: var(--soft); font-size: 0.9rem; }
.state { display: inline-block; margin: 0; padding: 1px 12px; border: 1.5px solid; border-radius: 20px; font-weight: 600; font-size: 0.9rem; color: var(--calm); }
.state.completed { color: var(--good); }
.state.failed, .state.interrupted { color: var(--bad); }
.reason { border-left: 4px solid var(--bad); background: var(--panel); padding: 10px 14px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: 10px; margin: 18px 0 0; }
.tiles div { background: var(--panel); border-radius: 8px; padding: 10px 14px; }
.tiles dt { color: var(--soft); font-size: 0.9rem; }
.tiles dd { margin: 0; }
.tiles b { display: block; white-space: nowrap; font-size: 1.25rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: 0.85rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 18px 24px; }
figure { margin: 0 0 14px; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 4px; }
svg { display: block; max-width: 100%; height: auto; overflow: visible; }
svg.curve { width: 100%; max-width: 520px; }
svg text { font-family: system-ui, sans-serif; }
.narrow { display: none; }
@media (max-width: 640px) { .wide { display: none; } .narrow { display: block; } main { padding: 16px 14px 48px; } }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 8px; padding: 0; font-size: 0.9rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 6px; }
.legend i { width: 14px; height: 14px; border-radius: 3px; }
${[
  "server",
  "clients",
  "client",
  "train",
  "evaluate",
  "other",
  "serving",
  "transfer",
  "waiting",
  "gone",
]
  .map((name) => `.legend .${name} { background: var(--${name}); }`)
  .join("\n")}
${LINES}
details { margin: 12px 0; }
summary { cursor: pointer; color: var(--calm); padding: 4px 0; }
.scroll { width: fit-content; max-width: 100%; }
.scroll, pre { overflow: auto; max-height: 420px; margin: 8px 0; border: 1px solid var(--line); border-radius: 8px; }
pre { padding: 10px 14px; background: var(--panel); }
:focus-visible { outline: 3px solid var(--calm); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { text-align: left; padding: 5px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; background: var(--panel); white-space: nowrap; }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr)); gap: 0 28px; }
.columns h3 { margin-top: 4px; }
.columns dl { margin: 0 0 12px; font-size: 0.92rem; }
.columns dl div { display: flex; justify-content: space-between; gap: 16px; border-bottom: 1px solid var(--line); padding: 3px 0; }
.columns dt { color: var(--soft); white-space: nowrap; }
.columns dd { margin: 0; text-align: right; }
.events { list-style: none; margin: 0; padding: 0; font-size: 0.92rem; }
.events li { display: grid; grid-template-columns: auto 96px 1fr; gap: 12px; padding: 3px 0; border-bottom: 1px solid var(--line); }
.events time { color: var(--soft); font-variant-numeric: tabular-nums; }
.events .failed, .events .interrupted, .events .missing { color: var(--bad); }
.events .completed { color: var(--good); }
@media (max-width: 640px) { .events li { grid-template-columns: auto 1fr; } .events span { grid-column: 1 / -1; } }
@media print { details:not([open]) { display: none; } .scroll { max-height: none; } }
`;
