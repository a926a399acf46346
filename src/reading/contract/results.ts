/** Results: the report of the study, a page for each patient, quantifications; heat maps over the images. */
import { z } from "zod";
import { moment, plainName, subjectName } from "./names.js";
import type { RouteSpec } from "./route.js";

const made = moment.nullable();

export const resultsSchema = z.object({
  /** Null for accounts that may not see it. */
  study: z.object({ made, files: z.array(z.string()) }).nullable(),
  patients: z.array(z.object({ subject: subjectName, cases: z.array(z.string()), made })),
  quantifications: z.array(z.object({ name: z.string(), made, files: z.array(z.string()) })),
});
export type Results = z.infer<typeof resultsSchema>;

export const heatMapSchema = z.object({
  /** Its address. */
  id: plainName,
  title: z.string(),
});
export type HeatMapEntry = z.infer<typeof heatMapSchema>;

export const resultRoutes = {
  results: {
    method: "GET",
    path: "/api/results",
    access: "reader",
    summary:
      "What has been made. A reader sees patients whose cases are all agreed; reports of the study show all readings and are for seniors.",
    response: resultsSchema,
  },
  studyReport: {
    method: "GET",
    path: "/api/results/study/index.html",
    access: "senior",
    summary: "The report of the study, as `marrow report STUDY` made it: one page without scripts.",
    response: "html",
  },
  studyTable: {
    method: "GET",
    path: "/api/results/study/tables/:file",
    access: "senior",
    summary: "A table of the report (CSV).",
    response: "file",
  },
  studyFigure: {
    method: "GET",
    path: "/api/results/study/figures/:file",
    access: "senior",
    summary: "A figure of the report (SVG, PNG).",
    response: "file",
  },
  patientReport: {
    method: "GET",
    path: "/api/results/patients/:subject",
    access: "reader",
    summary:
      "The page about a patient, as `marrow report STUDY --patient SUBJECT` made it. For readers once the patient's cases are agreed.",
    response: "html",
  },
  quantificationFile: {
    method: "GET",
    path: "/api/results/quantifications/:result/:file",
    access: "senior",
    summary: "A file that `marrow quantify STUDY` wrote.",
    response: "file",
  },
  heatMaps: {
    method: "GET",
    path: "/api/cases/:case/heatmaps",
    access: "reader",
    summary: "Heat maps of a case that `marrow explain` or a classification left in the study.",
    response: z.object({ maps: z.array(heatMapSchema) }),
  },
  heatMapVoxels: {
    method: "GET",
    path: "/api/cases/:case/heatmaps/:result",
    access: "reader",
    summary:
      "A heat map's voxels, one byte each on the grid of the case: 0 is none (or against), 255 the map's maximum.",
    response: "voxels",
  },
} as const satisfies Record<string, RouteSpec>;
