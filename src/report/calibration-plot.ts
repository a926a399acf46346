/** The calibration curve as SVG: observed share of positive cases against predicted probability, with intervals. */
import type { Calibration } from "../statistics/diagnostic/calibration.js";

const frame = { size: 320, left: 52, top: 24 } as const;

/** Points are as large as their bins are full; on the dashed line prediction and observation agree. Empty bins are left out. */
export function calibrationSvg({ bins }: Pick<Calibration, "bins">, title = "Calibration"): string {
  const { size, left, top } = frame;
  const x = (p: number) => left + p * size;
  const y = (p: number) => top + (1 - p) * size;
  const most = Math.max(1, ...bins.map(({ observed }) => observed.n));
  const marks = bins.flatMap(({ meanPredicted, observed: { value, low, high, n } }) =>
    value === null
      ? []
      : [
          `<path d="M${x(meanPredicted).toFixed(1)} ${y(low ?? value).toFixed(1)}V${y(high ?? value).toFixed(1)}"/>`,
          `<circle cx="${x(meanPredicted).toFixed(1)}" cy="${y(value).toFixed(1)}" r="${(3 + 5 * Math.sqrt(n / most)).toFixed(1)}"/>`,
        ],
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((p) => [
    `<text x="${x(p)}" y="${y(0) + 16}" text-anchor="middle">${p}</text>`,
    `<text x="${left - 8}" y="${y(p) + 4}" text-anchor="end">${p}</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + size + 20} ${top + size + 44}" role="img" aria-label="${title}">`,
    "<style>text{font:12px sans-serif}path{stroke:#0072b2;stroke-width:1.5}circle{fill:#0072b2}.frame{fill:none;stroke:#888}</style>",
    `<rect width="100%" height="100%" fill="#fff"/><text x="${left}" y="15">${title}. Research use only.</text>`,
    `<rect class="frame" x="${left}" y="${top}" width="${size}" height="${size}"/>`,
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" style="stroke:#888;stroke-dasharray:4"/>`,
    ...ticks,
    `<text x="${x(0.5)}" y="${y(0) + 34}" text-anchor="middle">predicted probability</text>`,
    `<text transform="translate(14 ${y(0.5)}) rotate(-90)" text-anchor="middle">observed share</text>`,
    ...marks,
    "</svg>\n",
  ].join("\n");
}
