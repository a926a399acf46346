/** The analyses that can be asked for: a table, and what they share, computed once when first needed. */
import { MarrowError } from "../base/errors.js";
import type { MeasureName } from "./catalogue.js";
import { hipGeometry, type HipGeometry } from "./hip-geometry.js";
import { hipLocation } from "./hip-location.js";
import { himrissSuggestion } from "./himriss.js";
import { referenceOf, type Reference } from "./intensity.js";
import { measureLesions, type SideFinder } from "./lesion-table.js";
import { lesionsOf, partOf, voxelVolume, wholeRegion } from "./lesions.js";
import { measurement, notDefined, type Measurement, type Undefined } from "./measurement.js";
import { regionContext, type RegionContext } from "./region-measures.js";
import { isOneOf, lesionLabels, valueOf, type NamedValue, type Scene } from "./scene.js";
import { sijGeometry, type SijGeometry } from "./sij-geometry.js";
import { sijLocation } from "./sij-location.js";
import { sparccScore, templates, type SparccTemplate } from "./sparcc.js";
import { unetScore } from "./unet-score.js";

/** A scene with what is derived from it. */
export interface Workbench {
  readonly scene: Scene;
  readonly labels: readonly NamedValue[];
  readonly reference: Reference | undefined;
  readonly context: RegionContext;
  readonly sij: () => SijGeometry | Undefined;
  readonly hip: () => HipGeometry | Undefined;
}

export function workbench(scene: Scene): Workbench {
  const labels = lesionLabels(scene.labels);
  const reference = referenceOf(scene);
  const context = regionContext(scene, reference, isOneOf(labels.map(({ value }) => value)));
  return {
    ...{ scene, labels, reference, context },
    sij: once(() => sijGeometry(scene)),
    hip: once(() => hipGeometry(scene)),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

interface Analysis {
  readonly title: string;
  readonly run: (bench: Workbench) => Measurement[];
}

export const analyses = {
  lesions: {
    title: "any lesion: volume, count, extent, intensity, place",
    run: (bench) => bench.labels.flatMap((label) => measureLesions(label, bench.context, sidesOf(bench))),
  },
  "sij-location": { title: "sacroiliac joints: bone, side, quadrant, distance to the joint", run: sijRows },
  "sparcc-fat": { title: "SPARCC-SSS-like fat score, 0–40", run: (bench) => sparcc(bench, templates.fat) },
  "sparcc-inflammation": {
    title: "SPARCC-like inflammation score, 0–72",
    run: (bench) => sparcc(bench, templates.inflammation),
  },
  "hip-location": {
    title: "hips: oedema of head and acetabulum, effusion",
    run: (bench) => withHip(bench, "head-oedema", (geometry) => hipLocation(bench.scene, geometry)),
  },
  "unet-score": {
    title: "UNet-score of paper 2",
    run: (bench) => withHip(bench, "unet-score", (geometry) => unetScore(bench.scene, geometry)),
  },
  himriss: {
    title: "HIMRISS, suggested from the mask",
    run: (bench) => withHip(bench, "himriss-item", (geometry) => himrissSuggestion(bench.scene, geometry)),
  },
} as const satisfies Record<string, Analysis>;

export type AnalysisName = keyof typeof analyses;
export const analysisNames = Object.keys(analyses) as AnalysisName[];

/** The analyses of these names, in the table's order. Throws QUANTIFY_MEASURE for a name that there is not. */
export function analysesNamed(names: readonly string[]): AnalysisName[] {
  const unknown = names.filter((name) => !(name in analyses));
  if (unknown.length > 0)
    throw new MarrowError("QUANTIFY_MEASURE", {
      expected: analysisNames.join(", "),
      found: unknown.join(", "),
    });
  return analysisNames.filter((name) => names.includes(name));
}

/** Sides by the sacroiliac bones, else by the femoral heads. */
function sidesOf({ scene, sij, hip }: Workbench): SideFinder {
  const { bones, labels } = scene;
  const shows = (name: string) =>
    valueOf(labels, name) !== undefined || (bones && valueOf(bones.labels, name) !== undefined);
  const geometry = shows("ilium") ? sij() : shows("femoral-head") ? hip() : notDefined("needs bones");
  return "undefined" in geometry ? geometry : geometry.sideOf;
}

/** Volume within bone needs any bone mask; the rest needs sacrum and ilium. */
function sijRows({ scene, labels, sij }: Workbench): Measurement[] {
  const geometry = sij();
  return labels.flatMap((label) => {
    const region = wholeRegion(lesionsOf(scene.mask, label.value));
    const rows = withinBone(label, scene);
    if ("undefined" in geometry) return [...rows, ...missingPlaces(label.name, geometry)];
    return [...rows, ...sijLocation(label.name, region, scene, geometry)];
  });
}

function withinBone({ name, value }: NamedValue, { mask, bones }: Scene): Measurement[] {
  const subject = { label: name, level: "patient", of: "all" } as const;
  const names = ["bone-volume", "within-bone-share"] as const;
  if (!bones) return names.map((measure) => measurement(measure, subject, notDefined("needs a bone mask")));
  const region = wholeRegion(lesionsOf(mask, value));
  const inside = partOf(region, (voxel) => bones.mask.data[voxel] !== 0).voxels.length;
  const all = region.voxels.length;
  return [
    measurement("bone-volume", subject, inside * voxelVolume(mask.affine)),
    measurement(
      "within-bone-share",
      subject,
      all === 0 ? notDefined("no voxel of this label") : inside / all,
    ),
  ];
}

const places: readonly MeasureName[] = ["quadrant-volume", "anterior-volume", "subchondral-volume", "subchondral-share", "side"]; // prettier-ignore

function missingPlaces(label: string, reason: Undefined): Measurement[] {
  return places.map((measure) => measurement(measure, { label, level: "patient", of: "all" }, reason));
}

function sparcc({ scene, labels, sij }: Workbench, template: SparccTemplate): Measurement[] {
  const geometry = sij();
  return labels.flatMap((label) =>
    "undefined" in geometry
      ? [measurement(template.score, { label: label.name, level: "patient", of: "all" }, geometry)]
      : sparccScore(label, scene, geometry, template),
  );
}

function withHip(
  { hip }: Workbench,
  first: MeasureName,
  rows: (geometry: HipGeometry) => Measurement[],
): Measurement[] {
  const geometry = hip();
  if (!("undefined" in geometry)) return rows(geometry);
  return [measurement(first, { label: "inflammation", level: "patient", of: "all" }, geometry)];
}
