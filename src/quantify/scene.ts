/** All that is known about one examination, brought onto the lesion mask's grid with the slices along k. */
import { MarrowError } from "../base/errors.js";
import { labelsIn, requireSameGrid } from "../statistics/confusion.js";
import { sliceAxisOf } from "../statistics/slice-dice.js";
import { orientationOf, reorient, sameGrid, type Grid } from "../volume/geometry.js";
import { resampleMask } from "../volume/resample-mask.js";
import type { Mask, Volume, VoxelArray } from "../volume/volume.js";
import { defaultOptions, type QuantifyOptions } from "./options.js";

export interface NamedValue {
  readonly value: number;
  readonly name: string;
}

/** A bone mask: what its values mean and where it comes from, in words that go into every result. */
export interface BoneSource {
  readonly mask: Mask;
  readonly labels: readonly NamedValue[];
  readonly origin: string;
}

export interface ReferenceSource {
  /** `marrow` (normal marrow), `muscle`, or another tissue. */
  readonly tissue: string;
  readonly mask: Mask;
  readonly origin: string;
}

/** One examination as read from files. Image and mask share a grid; the other masks may lie on grids of their own. */
export interface Examination {
  readonly mask: Mask;
  readonly labels: readonly NamedValue[];
  readonly image?: Volume<VoxelArray> | undefined;
  readonly bones?: BoneSource | undefined;
  readonly reference?: ReferenceSource | undefined;
  /** Vessel, CSF or other fluid that an intense lesion is as bright as. */
  readonly fluid?: Mask | undefined;
}

export interface Scene extends Examination {
  readonly options: QuantifyOptions;
  /** What was done to the inputs: resampling, reordering of axes. */
  readonly notes: readonly string[];
}

/** Labels that name anatomy, not a finding: they are the ground on which lesions are measured. */
const anatomyLabels = new Set(["bone", "sacrum", "ilium", "femoral-head", "femur", "pelvis", "acetabulum"]);

/** The labels that are findings; where all are anatomy (the `bones` task), all of them. */
export function lesionLabels(labels: readonly NamedValue[]): readonly NamedValue[] {
  const lesions = labels.filter(({ name }) => !anatomyLabels.has(name));
  return lesions.length > 0 ? lesions : labels;
}

/** Value of a label by name, or undefined. */
export function valueOf(labels: readonly NamedValue[], ...names: string[]): number | undefined {
  return labels.find(({ name }) => names.includes(name))?.value;
}

/** True where the mask holds this value. A table look-up for loops over voxels. */
export function isOneOf(values: readonly (number | undefined)[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const value of values) if (value !== undefined) table[value] = 1;
  return table;
}

/**
 * Brings everything onto the lesion mask's grid. Masks of bones, reference and fluid are resampled where they lie on
 * another grid; the image must lie on the mask's own. Throws GRID_MISMATCH, and QUANTIFY_LABELS where the mask holds
 * values without a name.
 */
export function prepareScene(examination: Examination, options: Partial<QuantifyOptions> = {}): Scene {
  const { mask, image } = examination;
  requireNames(examination);
  if (image) requireSameGrid({ ...mask, size: image.size, affine: image.affine }, mask);
  const notes: string[] = [];
  const fit = (other: Mask, what: string): Mask => {
    if (sameGrid(other, mask, 0.01)) return other;
    notes.push(`${what} resampled onto the lesion mask's grid`);
    return resampleMask(other, mask);
  };
  const { bones, reference, fluid } = examination;
  const scene: Scene = {
    ...examination,
    bones: bones && { ...bones, mask: fit(bones.mask, "bone mask") },
    reference: reference && { ...reference, mask: fit(reference.mask, "reference mask") },
    fluid: fluid && fit(fluid, "fluid mask"),
    options: { ...defaultOptions, ...options },
    notes,
  };
  return slicesAlongK(scene, mask);
}

function requireNames({ mask, labels }: Examination): void {
  const nameless = labelsIn([mask]).filter((value) => !labels.some((label) => label.value === value));
  if (nameless.length === 0) return;
  const expected = labels.map(({ value, name }) => `${value} (${name})`).join(", ");
  throw new MarrowError("QUANTIFY_LABELS", { expected, found: `values ${nameless.join(", ")} in the mask` });
}

/** The same scene with axes permuted, never flipped, so that slices follow each other along k and keep their numbers. */
function slicesAlongK(scene: Scene, grid: Grid): Scene {
  const axis = sliceAxisOf(grid);
  if (axis === 2) return scene;
  const letters = [...orientationOf(grid.affine)];
  const wanted = [...letters.filter((_, n) => n !== axis), letters[axis]].join("");
  const turn = <T extends VoxelArray>(volume: Volume<T>) => reorient(volume, wanted);
  const { mask, image, bones, reference, fluid } = scene;
  return {
    ...scene,
    mask: turn(mask),
    image: image && turn(image),
    bones: bones && { ...bones, mask: turn(bones.mask) },
    reference: reference && { ...reference, mask: turn(reference.mask) },
    fluid: fluid && turn(fluid),
    notes: [...scene.notes, `slices run along the file's axis ${"ijk"[axis]}`],
  };
}
