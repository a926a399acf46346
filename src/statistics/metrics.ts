/** The table of measures: one row each, read by scoring, tables and documentation alike. */
import type { SurfaceDistances } from "../volume/surface.js";
import { averageSurfaceDistance } from "./average-surface-distance.js";
import type { Counts } from "./confusion.js";
import { dice } from "./dice.js";
import { hausdorff95 } from "./hausdorff95.js";
import { iou } from "./iou.js";
import { precision } from "./precision.js";
import { recall } from "./recall.js";
import { surfaceDice } from "./surface-dice.js";
import { volumeSimilarity } from "./volume-similarity.js";

export const overlapMetrics = {
  dice: { title: "Dice", compute: dice },
  iou: { title: "IoU", compute: iou },
  precision: { title: "Precision", compute: precision },
  recall: { title: "Recall", compute: recall },
  volumeSimilarity: { title: "Volume similarity", compute: volumeSimilarity },
} as const satisfies Record<string, { title: string; compute: (counts: Counts) => number }>;

type SurfaceMetric = (distances: SurfaceDistances, toleranceMm: number) => number;

export const surfaceMetrics = {
  hausdorff95: { title: "HD95 (mm)", compute: hausdorff95 },
  averageSurfaceDistance: { title: "ASSD (mm)", compute: averageSurfaceDistance },
  surfaceDice: { title: "Surface Dice", compute: surfaceDice },
} as const satisfies Record<string, { title: string; compute: SurfaceMetric }>;

/** Mean over the slices that hold the label, made by `--slices`. */
export const sliceMetrics = { sliceDice: { title: "2-D Dice" } } as const;

export const metricTitles = { ...overlapMetrics, ...surfaceMetrics, ...sliceMetrics } as const;
export type MetricName = keyof typeof metricTitles;
export type MetricValues = Partial<Record<MetricName, number>>;
