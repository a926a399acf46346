/** Measurements of a study that `marrow quantify` wrote, as one number a patient. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { measures, type MeasureName } from "../../quantify/catalogue.js";
import { exists, parseWith, readJson } from "../../study/files.js";
import { places } from "../../study/names.js";

const schema = z.object({
  cases: z.array(
    z.object({
      ...{ id: z.string(), subject: z.string() },
      measurements: z.array(
        z.object({
          ...{ measure: z.string(), label: z.string(), level: z.string(), of: z.string() },
          value: z.union([z.number(), z.string()]).nullable(),
        }),
      ),
    }),
  ),
});

export interface Quantities {
  /** The reader or run whose masks were measured. */
  readonly source: string;
  readonly cases: z.infer<typeof schema>["cases"];
}

/** Every quantification of the study, by source. Throws REPORT_INPUT. */
export async function readQuantities(dir: string): Promise<Quantities[]> {
  const root = join(dir, places.quantification);
  const names = (await exists(root)) ? (await readdir(root)).sort() : [];
  const found: Quantities[] = [];
  for (const source of names) {
    const file = join(root, source, "quantification.json");
    if (await exists(file))
      found.push({ source, ...parseWith(schema, await readJson(file), "REPORT_INPUT", file) });
  }
  return found;
}

/** Measures of the image that are set against clinical variables, as the papers did. */
const imageMeasures: readonly MeasureName[] = [
  "unet-score",
  "head-oedema",
  "acetabulum-oedema",
  "effusion-volume",
  "sparcc-fat",
  "sparcc-inflammation",
  "volume-ml",
];

export interface ImageMeasure {
  readonly title: string;
  /** One number for each patient asked for, NaN where there is none. */
  readonly values: readonly number[];
}

/** Each measure of whole patients, once for each label; the first examination of a patient counts. */
export function imageMeasuresOf({ cases }: Quantities, subjects: readonly string[]): ImageMeasure[] {
  const first = subjects.map((subject) => cases.find((one) => one.subject === subject)?.measurements ?? []);
  const isOf = (name: string) => (row: { level: string; measure: string }) =>
    row.level === "patient" && row.measure === name;
  return imageMeasures.flatMap((name) => {
    const labels = [...new Set(first.flatMap((rows) => rows.filter(isOf(name)).map(({ label }) => label)))];
    const { title, unit } = measures[name];
    return labels.map((label) => ({
      title: `${title}${labels.length > 1 ? ` of ${label}` : ""}${unit === "" || unit === "1" ? "" : ` (${unit})`}`,
      values: first.map((rows) => {
        const row = rows.find((one) => isOf(name)(one) && one.label === label);
        return typeof row?.value === "number" ? row.value : NaN;
      }),
    }));
  });
}
