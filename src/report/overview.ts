/** The overview page: one HTML file that needs nothing else, to be opened, mailed or archived. */
import { predictionColour, truthColour, type Picture } from "./picture.js";
import { escapeHtml, formatCell, renderTable, type Table } from "./table.js";

export interface RunSummary {
  readonly name: string;
  /** What made it and what came out, in the order shown, e.g. { network: "unet-2d", epochs: 40, Dice: 0.91 }. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** SVG text, e.g. from `progressSvg`. */
  readonly figure?: string;
}

export interface PictureSet {
  readonly title: string;
  readonly note?: string;
  readonly pictures: readonly Picture[];
}

export interface Overview {
  readonly title: string;
  /** One paragraph under the title: what the data are, e.g. that they are synthetic. */
  readonly introduction?: string;
  readonly runs: readonly RunSummary[];
  readonly tables: readonly Table[];
  readonly pictures: readonly PictureSet[];
  /** Commands to type next, with what each does. */
  readonly next: readonly { readonly command: string; readonly why: string }[];
  /** Last line: version, seed, device, date. */
  readonly made?: string;
}

/** Text of index.html. Everything given is escaped, except `figure`, which must be SVG made by Marrow. */
export function overviewPage(overview: Overview): string {
  const { title, introduction, made } = overview;
  const sections = [
    section("Runs", overview.runs.map(runCard)),
    section(
      "Results",
      overview.tables.map((table) => renderTable(table, "html")),
    ),
    section("Pictures", overview.pictures.map(pictureSet), legend),
    section("What next", overview.next.map(nextStep)),
  ];
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>`,
    `<style>${style}</style></head><body>`,
    `<header><p class="research">Research use only. Not for diagnosis or treatment.</p><h1>${escapeHtml(title)}</h1>`,
    introduction === undefined ? "" : `<p>${escapeHtml(introduction)}</p>`,
    `</header><main>`,
    ...sections,
    `</main><footer>${made === undefined ? "" : `${escapeHtml(made)}. `}Made by Marrow. Research use only.</footer>`,
    "</body></html>",
    "",
  ].join("\n");
}

function section(title: string, parts: readonly string[], lead = ""): string {
  return parts.length === 0 ? "" : `<section><h2>${title}</h2>${lead}${parts.join("\n")}</section>`;
}

function runCard({ name, facts, figure }: RunSummary): string {
  const rows = Object.entries(facts).map(
    ([key, value]) =>
      `<dt>${escapeHtml(key)}</dt><dd>${escapeHtml(typeof value === "string" ? value : showNumber(value))}</dd>`,
  );
  const picture = figure === undefined ? "" : `<figure>${scoped(figure)}</figure>`;
  return `<article><h3>${escapeHtml(name)}</h3><div class="run"><dl>${rows.join("")}</dl>${picture}</div></article>`;
}

const showNumber = (value: number) => formatCell(value, Number.isInteger(value) ? 0 : 3);

/** An SVG's style would leak into the page; as an image it keeps its own. */
function scoped(svg: string): string {
  return `<img alt="training curves" src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">`;
}

function pictureSet({ title, note, pictures }: PictureSet): string {
  const figures = pictures.map(
    ({ caption, png }) =>
      `<figure><img alt="${escapeHtml(`${title}: ${caption}`)}" src="data:image/png;base64,${Buffer.from(png).toString("base64")}">` +
      `<figcaption>${escapeHtml(caption)}</figcaption></figure>`,
  );
  const remark = note === undefined ? "" : `<p class="note">${escapeHtml(note)}</p>`;
  return `<article><h3>${escapeHtml(title)}</h3>${remark}<div class="row">${figures.join("")}</div></article>`;
}

const nextStep = ({ command, why }: Overview["next"][number]) =>
  `<p>${escapeHtml(why)}</p><pre><code>${escapeHtml(command)}</code></pre>`;

const swatch = (colour: readonly number[], name: string) =>
  `<span class="swatch" style="background:rgb(${colour.join(",")})"></span>${name} `;
const legend = `<p class="note">${swatch(truthColour, "reference")}${swatch(predictionColour, "prediction")}· The patient’s right is on the left.</p>`;

const style = `
:root{color-scheme:light dark;--ink:#1d2329;--soft:#5c6670;--ground:#fff;--card:#f5f6f8;--line:#d8dce1;--warn:#7a4b00;--warnground:#fff3d6}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#9aa4ae;--ground:#161a1f;--card:#1f252c;--line:#38414b;--warn:#ffd88a;--warnground:#3a2e12}}
body{margin:0 auto;max-width:1180px;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
h1{margin:.4rem 0}h2{margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}h3{margin:1.2rem 0 .4rem}
.research{display:inline-block;margin:0;padding:.2rem .7rem;border-radius:.4rem;font-weight:600;color:var(--warn);background:var(--warnground)}
article{background:var(--card);border-radius:.6rem;padding:.4rem 1rem 1rem;margin:.8rem 0}
.run{display:flex;flex-wrap:wrap;gap:1rem 2rem}dl{display:grid;grid-template-columns:auto auto;gap:.1rem 1rem;align-content:start;margin:0}
dt{color:var(--soft)}dd{margin:0}figure{margin:0}img{max-width:100%;height:auto;display:block}.run figure{flex:1 1 24rem}
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.8rem;align-items:start}.row img{background:#000;border-radius:.3rem;width:100%}
figcaption,.note,footer{color:var(--soft);font-size:.9rem}.swatch{display:inline-block;width:1.4rem;height:.25rem;margin:0 .4rem .2rem 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:bottom}td{white-space:nowrap}th{line-height:1.2}th.number,td.number{text-align:right}
pre{background:var(--card);border-radius:.4rem;padding:.7rem 1rem;overflow-x:auto;margin:.2rem 0}footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.6rem}
`;
