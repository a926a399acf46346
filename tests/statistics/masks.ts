/** Small masks for tests: digits in storage order (i fastest). */
import { readFileSync } from "node:fs";
import type { Mask, Vec3 } from "../../src/volume/volume.js";

export function maskOf(digits: string, size: Vec3, spacing: Vec3 = [1, 1, 1]): Mask {
  const data = Uint8Array.from(digits.replace(/\s/g, ""), Number);
  const affine = [spacing[0], 0, 0, 5, 0, spacing[1], 0, -3, 0, 0, spacing[2], 2, 0, 0, 0, 1];
  return { data, size, affine };
}

interface LabelReference {
  counts: { tp: number; fp: number; fn: number; tn: number };
  dice: number;
  iou: number;
  precision: number;
  recall: number;
  volumeSimilarity: number;
  hausdorff95: number;
  averageSurfaceDistance: number;
  surfaceDice: number[];
  sliceDice: (number | null)[];
}

export interface MetricReferences {
  tolerances: number[];
  cases: {
    size: Vec3;
    spacing: Vec3;
    prediction: string;
    reference: string;
    labels: Record<string, LabelReference>;
  }[];
  bootstrap: { values: number[]; low: number; high: number }[];
  summary: { values: (number | null)[]; mean: number; sd: number; n: number };
}

/** Made by fixtures/metrics.py with numpy and scipy. */
export function metricReferences(): MetricReferences {
  const file = new URL("fixtures/metrics.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as MetricReferences;
}
