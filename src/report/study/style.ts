/** The one place that knows how reports and their figures look: colours, type, sizes of the printed page. */

/** Okabe & Ito's colours, told apart by colour-blind readers; in this order for series. */
export const palette = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#000000",
  "#8C8C8C",
] as const;

export const ink = "#1d2329";
export const soft = "#5c6670";
export const line = "#d8dce1";

/** No font is fetched: the first of these that the reader's machine has. */
export const fontFamily = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif";

/** Widths of printed figures in millimetres: one column and two of a journal's page. */
export const columnMm = { single: 85, double: 174 } as const;
export type FigureWidth = keyof typeof columnMm;

/** Resolution of PNG figures: journals ask for 600 dpi of drawings and 300 of pictures. */
export const dpi = { drawing: 600, picture: 300 } as const;

/** CSS pixels of a width in millimetres. */
export const pixelsOf = (mm: number) => (mm / 25.4) * 96;

export const notice = "Research use only. Not for diagnosis or treatment.";

/** Vega-Lite's configuration for every chart. */
export const chartConfig = {
  background: "white",
  font: fontFamily,
  padding: 6,
  view: { stroke: null },
  axis: {
    ...{ labelFontSize: 11, titleFontSize: 12, titleFontWeight: "normal" as const },
    ...{ labelColor: ink, titleColor: ink, domainColor: soft, tickColor: soft, gridColor: "#eceef0" },
    labelLimit: 220,
  },
  header: { labelFontSize: 12, titleFontSize: 12, labelColor: ink, labelFontWeight: "bold" as const },
  legend: { labelFontSize: 11, titleFontSize: 11, labelLimit: 320, symbolType: "stroke" },
  range: { category: [...palette] },
};

/** The page: light and dark on the screen, black on white on paper. */
export const css = `
:root{color-scheme:light dark;--ink:${ink};--soft:${soft};--ground:#fff;--card:#f5f6f8;--line:${line};--warn:#7a4b00;--warnground:#fff3d6}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#9aa4ae;--ground:#161a1f;--card:#1f252c;--line:#38414b;--warn:#ffd88a;--warnground:#3a2e12}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1060px;padding:1.5rem;font:16px/1.5 ${fontFamily};color:var(--ink);background:var(--ground)}
h1{margin:.4rem 0;line-height:1.2}h2{margin:2.4rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}h3{margin:1.3rem 0 .4rem;font-size:1.02rem}
a{color:inherit}nav ol{margin:.4rem 0;padding-left:1.4rem;columns:2}
.research{display:inline-block;margin:0;padding:.2rem .7rem;border-radius:.4rem;font-weight:600;color:var(--warn);background:var(--warnground)}
.missing{border-left:4px solid var(--line);padding:.3rem .9rem;color:var(--soft);margin:.6rem 0}
.missing code{color:var(--ink)}code{font:.9em ui-monospace,DejaVu Sans Mono,monospace;overflow-wrap:anywhere}
figure{margin:1.2rem 0}figure img{max-width:100%;height:auto;display:block;background:#fff;border-radius:.3rem}
figcaption,.note,.files,footer{color:var(--soft);font-size:.88rem}.note,.files{margin:.25rem 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:.22rem .55rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}th{line-height:1.2;vertical-align:bottom}
th.number,td.number{text-align:right}td:first-child{white-space:pre-wrap;min-width:8.5rem}
details{margin:.8rem 0}summary{cursor:pointer;color:var(--soft)}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.6rem}
@page{size:A4;margin:16mm 15mm 18mm;@bottom-left{content:"${notice}";font:8pt sans-serif;color:#555}@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#555}}
@media print{body{max-width:none;padding:0;font-size:9.5pt}h2{break-after:avoid;margin-top:1.2rem}h3{break-after:avoid}
figure,tr,.missing{break-inside:avoid}figure img{max-height:225mm}nav,.files,summary{display:none}.scroll{overflow:visible}table{font-size:7.6pt}th,td{padding:.12rem .3rem}a{text-decoration:none}}
`;
