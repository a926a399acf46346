/**
 * HIMRISS as data: what is scored, in which slices, with how many points. The reading room shows it to a reader, and
 * himriss.ts suggests points from a mask. A centre that was trained on the method gives its own file (`--himriss`).
 */
import { join } from "node:path";
import { z } from "zod";
import { parseYaml } from "../study/config.js";
import { exists, parseWith, readText } from "../study/files.js";
import { himrissSlices, zones } from "./slice-rule.js";

const count = z.int().min(0).max(100);
const perZone = z.strictObject({ anterior: count, central: count, posterior: count });

const itemSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  /** Label of the mask that counts. */
  label: z.string().min(1),
  /** Bone that oedema is counted in; not for grades of thickness. */
  bone: z.enum(["head", "acetabulum"]).optional(),
  /** Points of one slice of each zone at most: regions with oedema, or grades of thickness. */
  points: perZone,
  /** Upper end of the item's range for one hip. */
  maximum: z.int().positive(),
  /** Grades by thickness (mm): as many points as thresholds are reached. */
  gradesMm: z.array(z.number().positive()).min(1).optional(),
});
export type HimrissItem = z.infer<typeof itemSchema>;

export const himrissSchema = z
  .strictObject({
    /** Where regions, ranges and slices are taken from. */
    source: z.string().min(10),
    /** What about the template could not be confirmed from its source, in words for the reader; empty: nothing. */
    provisional: z.string().default(""),
    slices: perZone.extend({ minimum: z.int().positive() }),
    items: z.array(itemSchema).min(1),
  })
  .superRefine(({ slices, items }, context) => {
    for (const { name, points, maximum, gradesMm, bone } of items) {
      const sum = zones.reduce((total, zone) => total + slices[zone] * points[zone], 0);
      const fault = (message: string) => context.addIssue({ code: "custom", message: `${name}: ${message}` });
      if (sum !== maximum) fault(`the points of all slices add up to ${sum}, the range ends at ${maximum}`);
      if (gradesMm && zones.some((zone) => points[zone] > gradesMm.length)) fault("more points than grades");
      if ((gradesMm === undefined) === (bone === undefined)) fault("either bone or gradesMm is needed");
    }
  });
export type HimrissTemplate = z.infer<typeof himrissSchema>;

/** The template that is used where no other is given. */
export const himrissTemplate: HimrissTemplate = {
  source:
    "Maksymowych et al., J Rheumatol 41:370 (2014); Jaremko et al., J Rheumatol 2019, doi 10.3899/jrheum.181043; slices: " +
    "Zheng et al., Front Physiol 14:1132214 (2023, paper 2)",
  provisional:
    "Confirmed from published text: three items (femoral and acetabular bone marrow lesions, synovitis-effusion) and their " +
    "total (abstract of Maksymowych 2014); five central, five anterior and five posterior slices (paper 2). Not confirmed, " +
    "since neither the papers nor the abstracts at hand print them: the ranges 65, 35 and 30; how many regions a slice has " +
    "(9 and 5 in central, 2 and 1 in other slices, which with these 15 slices give just these ranges); where the regions' " +
    "borders run; the limits of thickness (2 and 4 mm). Check them against the training module before they are used in a study.",
  slices: himrissSlices,
  items: [
    {
      ...{ name: "femoral-bme", title: "Bone marrow oedema of the femoral head", label: "bone-marrow-oedema" },
      ...{ bone: "head", points: { anterior: 2, central: 9, posterior: 2 }, maximum: 65 },
    },
    {
      ...{ name: "acetabular-bme", title: "Bone marrow oedema of the acetabulum", label: "bone-marrow-oedema" },
      ...{ bone: "acetabulum", points: { anterior: 1, central: 5, posterior: 1 }, maximum: 35 },
    },
    {
      ...{ name: "synovitis-effusion", title: "Synovitis and effusion", label: "effusion" },
      ...{ gradesMm: [2, 4], points: { anterior: 2, central: 2, posterior: 2 }, maximum: 30 },
    },
  ],
}; // prettier-ignore

/** A template from a YAML or JSON file. Throws FILE_NOT_FOUND, FILE_UNREADABLE, QUANTIFY_TEMPLATE with every fault. */
export async function readHimrissTemplate(file: string): Promise<HimrissTemplate> {
  const value = parseYaml(await readText(file), file, "QUANTIFY_TEMPLATE");
  return parseWith(himrissSchema, value, "QUANTIFY_TEMPLATE", file);
}

/** The template of a study: its himriss.yaml, else the shipped one. */
export async function studyHimriss(dir: string): Promise<HimrissTemplate> {
  const file = join(dir, "himriss.yaml");
  return (await exists(file)) ? readHimrissTemplate(file) : himrissTemplate;
}
