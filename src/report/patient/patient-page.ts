/** The page about one patient: plain words, one sheet of paper, nothing that identifies but the pseudonym. */
import { measures, type MeasureName } from "../../quantify/catalogue.js";
import type { Measurement } from "../../quantify/measurement.js";
import { number, tableOf, text, whole } from "../table/columns.js";
import { escapeHtml, formatCell, renderTable, type Table } from "../table.js";
import type { Picture } from "../picture.js";
import { htmlPage } from "../study/page.js";
import { notice } from "../study/style.js";
import type { PatientData } from "./patient-data.js";
import { blindSpots, plainMeasures } from "./words.js";

export interface PatientPictures {
  readonly keyImages: readonly Picture[];
  readonly heat: Picture | undefined;
}

/** Text of the page. Everything is escaped. */
export function patientPage(data: PatientData, pictures: PatientPictures, made: string): string {
  const { subject, study, source, modelCard } = data;
  const title = `${subject}: ${study.task.title}`;
  return htmlPage(
    title,
    [
      `<header><p class="research">${notice}</p><h1>${escapeHtml(title)}</h1>`,
      `<p>Examination ${escapeHtml(data.examinations.at(-1)?.measured.id ?? "")}. Outlines: ${escapeHtml(source)}.</p></header><main>`,
      pictureRow(pictures.keyImages),
      `<div class="columns"><div>`,
      renderTable(bySiteTable(data), "html"),
      `<h3>Since last time</h3><p>${escapeHtml(changeSentence(data))}</p>`,
      `<h3>Classification</h3>${classificationHtml(data, pictures.heat)}`,
      `</div><div>`,
      renderTable(scoreTable(data), "html"),
      `</div></div>`,
      `<h3>What this page cannot see</h3><ul>${blindSpots(study.config.task)
        .map((text) => `<li>${escapeHtml(text)}</li>`)
        .join("")}</ul>`,
      `<p class="note">${escapeHtml(modelCard)}</p>`,
      `</main><footer>${escapeHtml(made)} ${notice}</footer>`,
    ],
    style,
  );
}

const style = `
.columns{display:grid;grid-template-columns:1fr 1fr;gap:0 1.6rem;align-items:start}.columns>div{min-width:0}
.row{display:grid;grid-template-columns:repeat(3,1fr);gap:.6rem}.row figure{margin:.4rem 0}.row img,.heat img{width:100%;background:#000}
.heat{display:grid;grid-template-columns:11rem 1fr;gap:.8rem;align-items:start}.heat figure{margin:0}.heat p{margin-top:0}ul{margin:.2rem 0;padding-left:1.2rem}td:last-child{white-space:nowrap}
@media(max-width:700px){.columns{grid-template-columns:1fr}}
@media print{body{font-size:8.6pt;line-height:1.35}h1{font-size:14pt}h3{margin:.6rem 0 .2rem}.row img{height:44mm;object-fit:contain}.heat{grid-template-columns:34mm 1fr}footer{margin-top:.6rem}p{margin:.3rem 0}}
`;

const pictureHtml = ({ caption, png }: Picture) =>
  `<figure><img alt="${escapeHtml(caption)}" src="data:image/png;base64,${Buffer.from(png).toString("base64")}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;

const pictureRow = (pictures: readonly Picture[]) =>
  `<div class="row">${pictures.map(pictureHtml).join("")}</div>`;

const lastRows = ({ examinations }: PatientData): readonly Measurement[] =>
  examinations.at(-1)?.measured.measurements ?? [];

interface Site {
  readonly label: string;
  readonly of: string;
  readonly valueOf: (measure: MeasureName) => number | null;
}

/** Volume and number of lesions of each joint and bone; says why where there is none. */
export function bySiteTable(data: PatientData): Table {
  const own = lastRows(data).filter(({ level }) => level === "joint" || level === "bone");
  const sites = new Map(own.map(({ label, of }) => [`${label}\u0000${of}`, { label, of }]));
  const rows = [...sites.values()].map(({ label, of }): Site => {
    const here = own.filter((row) => row.label === label && row.of === of);
    const valueOf = (measure: MeasureName) => {
      const found = here.find((row) => row.measure === measure)?.value;
      return typeof found === "number" ? found : null;
    };
    return { label, of, valueOf };
  });
  const measured = rows.filter(({ valueOf }) => valueOf("volume-ml") !== null);
  return tableOf(
    "Volumes by site",
    measured,
    [
      text("Finding", ({ label }) => words(label)),
      text("Site", ({ of }) => of),
      number("ml", ({ valueOf }) => valueOf("volume-ml"), 2),
      whole("Lesions", ({ valueOf }) => valueOf("lesion-count")),
    ],
    measured.length === 0 ? ["Sites need a mask of the bones (--bones)."] : [],
  );
}

/** Scores and sizes of the whole patient, in plain words; what is not defined says why. */
export function scoreTable(data: PatientData): Table {
  const own = lastRows(data).filter(({ level }) => level === "patient");
  const rows = plainMeasures.flatMap(([measure, title]) =>
    own.filter((row) => row.measure === measure).map((row) => ({ ...row, title })),
  );
  const reasons = rows.flatMap(({ title, value, reason }) =>
    value === null && reason !== undefined ? [`${title}: ${reason}.`] : [],
  );
  return tableOf(
    "The whole patient",
    rows,
    [text("Measure", ({ title, label }) => `${title} (${words(label)})`), text("Value", valueWithUnit)],
    [...new Set(reasons)],
  );
}

function valueWithUnit({ measure, value }: Measurement): string {
  const { unit, digits } = measures[measure];
  const shown = typeof value === "number" ? formatCell(value, Math.min(digits, 2)) : (value ?? "–");
  return unit === "1" || unit === "points" ? shown : `${shown} ${unit}`.trim();
}

const words = (label: string) => label.replaceAll("-", " ");

/** What changed since the examination before, in a sentence. */
export function changeSentence(data: PatientData): string {
  const [before, now] = [data.examinations.at(-2), data.examinations.at(-1)];
  if (before === undefined || now === undefined) return "There is no earlier examination in the study.";
  const own = now.measured.measurements;
  const labels = [
    ...new Set(own.filter(({ measure }) => measure === "volume-change").map(({ label }) => label)),
  ];
  const sentences = labels.map((label) => {
    const of = (measure: string) =>
      own.find((row) => row.measure === measure && row.label === label && row.level === "patient")?.value;
    const fates = own
      .filter((row) => row.measure === "lesion-change" && row.label === label)
      .map(({ value }) => String(value).replace(/ \(.*/, ""));
    const counts = [...new Set(fates)].map((fate) => `${fates.filter((one) => one === fate).length} ${fate}`);
    const ml = (value: unknown) => (typeof value === "number" ? (value / 1000).toFixed(2) : "–");
    return `${words(label)}: ${ml(of("volume-before"))} ml then, ${ml(of("volume-after"))} ml now${counts.length > 0 ? ` (lesions: ${counts.join(", ")})` : ""}.`;
  });
  return `Since ${before.measured.id}, places taken from the image headers: ${sentences.join(" ")} ${errorSentence(data)}`;
}

/** What of the change may be chance. */
const errorSentence = ({ smallestDetectable }: PatientData) =>
  smallestDetectable === undefined
    ? "Changes within measurement error mean nothing; how large that is was not given (--sdc)."
    : `A lesion that changed by ${formatCell(smallestDetectable, 0)} mm³ or less counts as stable (smallest detectable change).`;

function classificationHtml({ classified }: PatientData, heat: Picture | undefined): string {
  if (classified === undefined)
    return `<p>No classifier has judged this patient. Next: <code>marrow classify STUDY</code></p>`;
  const { by, one } = classified;
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  const interval = one.interval
    ? ` (interval ${one.interval.map(percent).join(" to ")}${by.intervalMethod ? `, ${by.intervalMethod}` : ""})`
    : " (no interval was given)";
  const side = one.probability >= by.threshold ? by.positive : by.negative;
  const text = `${by.name} gives ${by.positive} a probability of ${percent(one.probability)}${interval}; at its threshold of ${by.threshold} that counts as ${side}. A probability is no diagnosis.`;
  return heat === undefined
    ? `<p>${escapeHtml(text)} There is no heat map.</p>`
    : `<div class="heat">${pictureHtml(heat)}<p>${escapeHtml(text)}</p></div>`;
}
