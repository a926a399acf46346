/** The report as one HTML page that needs nothing else: no script, no font, no request. */
import { escapeHtml, renderTable, type Table } from "../table.js";
import type { Block, Section } from "./blocks.js";
import { columnMm, css, notice } from "./style.js";

export interface Page {
  readonly title: string;
  /** Paragraphs below the title, e.g. that the data are synthetic. */
  readonly lead: readonly string[];
  readonly sections: readonly Section[];
  /** What made it. */
  readonly made: string;
}

/** Text of index.html; tables and figures are numbered in order. Everything is escaped but SVG, which Marrow made. */
export function reportPage({ title, lead, sections, made }: Page): string {
  const number = { table: 0, figure: 0 };
  const body = sections.map(
    ({ name, title: heading, blocks }) =>
      `<section id="${name}"><h2>${escapeHtml(heading)}</h2>\n${blocks.map((block) => blockHtml(block, number)).join("\n")}</section>`,
  );
  const contents = sections.map(
    ({ name, title: heading }) => `<li><a href="#${name}">${escapeHtml(heading)}</a></li>`,
  );
  return htmlPage(title, [
    `<header><p class="research">${notice}</p><h1>${escapeHtml(title)}</h1>`,
    ...lead.map((text) => `<p>${escapeHtml(text)}</p>`),
    `</header><nav aria-label="Contents"><ol>${contents.join("")}</ol></nav><main>`,
    ...body,
    `</main><footer>${escapeHtml(made)} ${notice}</footer>`,
  ]);
}

/** The frame of every page: style inside, and a policy that forbids whatever is not in the file. */
export function htmlPage(title: string, body: readonly string[], style = ""): string {
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>`,
    `<style>${css}${style}</style></head><body>`,
    ...body,
    "</body></html>\n",
  ].join("\n");
}

function blockHtml(block: Block, number: { table: number; figure: number }): string {
  switch (block.kind) {
    case "note":
      return `<p class="note">${escapeHtml(block.text)}</p>`;
    case "missing":
      return `<p class="missing">Missing: ${escapeHtml(block.what)}<br>Next: <code>${escapeHtml(block.command)}</code></p>`;
    case "figure": {
      const { figure } = block;
      const title = `Figure ${++number.figure}. ${figure.title}`;
      return [
        `<figure><img alt="${escapeHtml(figure.title)}" style="width:${columnMm[figure.width]}mm" src="data:image/svg+xml;base64,${Buffer.from(figure.svg).toString("base64")}">`,
        `<figcaption><b>${escapeHtml(title)}.</b> ${escapeHtml(figure.caption)}</figcaption></figure>`,
        files("figures", figure.name, ["svg", "png"]),
      ].join("\n");
    }
    case "table": {
      const numbered: Table = { ...block.table, title: `Table ${++number.table}. ${block.table.title}` };
      const html = renderTable(numbered, "html") + files("tables", block.name, ["csv"]);
      return block.folded
        ? `<details><summary>${escapeHtml(numbered.title)}</summary>${html}</details>`
        : html;
    }
  }
}

function files(folder: string, name: string, endings: readonly string[]): string {
  const links = endings.map((ending) => `<a href="${folder}/${name}.${ending}">${name}.${ending}</a>`);
  return `<p class="files">Files: ${links.join(", ")}</p>`;
}
