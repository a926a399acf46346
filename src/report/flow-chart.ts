/** The flow chart of patient inclusion and exclusion as an SVG picture, as papers print it. */
import type { FlowChart } from "../study/flow-chart.js";

const box = { width: 300, height: 52, gap: 34 };
const side = { left: 370, width: 400 };
const margin = 20;

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Boxes of those who stay go down on the left, boxes of those who leave stand on the right. */
export function flowChartSvg({ candidates, steps, included, task }: FlowChart): string {
  const down = [
    { title: `${candidates} patients`, detail: "imported" },
    ...steps.map(({ left, name }) => ({ title: `${left} patients`, detail: `after: ${name}` })),
    { title: `${included.length} patients`, detail: "included" },
  ];
  const top = (n: number) => margin + n * (box.height + box.gap);
  const parts = [
    ...down.map(({ title, detail }, n) => rectangle(margin, top(n), box.width, title, detail)),
    ...down
      .slice(1)
      .map((_, n) => arrow(margin + box.width / 2, top(n) + box.height, margin + box.width / 2, top(n + 1))),
    ...steps.flatMap(({ patients, unknown, excluded }, n) => {
      const y = top(n) + box.height + box.gap / 2;
      const doubt = unknown.length ? `; ${unknown.length} not known, kept` : "";
      return [
        arrow(margin + box.width / 2, y, side.left, y),
        rectangle(side.left, y - box.height / 2, side.width, `${patients.length} excluded${doubt}`, excluded),
      ];
    }),
  ];
  const height = top(down.length) + margin;
  const width = side.left + side.width + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="sans-serif" font-size="13"><title>Inclusion of patients, ${escape(task)}</title>`,
    `<defs><marker id="head" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">`,
    `<path d="M0,0 L8,4 L0,8 z"/></marker></defs><rect width="100%" height="100%" fill="white"/>`,
    ...parts,
    `<text x="${margin}" y="${height - margin / 2}" fill="#555" font-size="11">Research use only</text></svg>\n`,
  ].join("\n");
}

function rectangle(x: number, y: number, width: number, title: string, detail: string): string {
  const centre = x + width / 2;
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${box.height}" fill="white" stroke="black"/>`,
    `<text x="${centre}" y="${y + 22}" text-anchor="middle" font-weight="bold">${escape(title)}</text>`,
    `<text x="${centre}" y="${y + 40}" text-anchor="middle" font-size="11">${escape(detail)}</text>`,
  ].join("");
}

function arrow(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="black" marker-end="url(#head)"/>`;
}
