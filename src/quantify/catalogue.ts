/**
 * The catalogue of measures: what each is, its unit and where it comes from. docs/reference/quantification.md lists the
 * same (a test compares). How each is computed stands in the file named beside its group.
 */
export interface MeasureInfo {
  readonly title: string;
  /** mm, mm², mm³, ml, 1 (a share or ratio), points, or the image's own unit. Empty for words. */
  readonly unit: string;
  readonly definition: string;
  readonly source: string;
  /** Digits after the point in tables; CSV and JSON have all. */
  readonly digits: number;
}

const geometry = "Geometry of the voxel grid";
const image = "image";
const sss = "Maksymowych et al., J Rheumatol 42:79 (2015), doi 10.3899/jrheum.140519";
const sparcc = "Maksymowych et al., Arthritis Rheum 53:703 (2005), doi 10.1002/art.21445";
const paper2 = "paper 2 (hip inflammation), 'Systemic inflammation evaluation agrees with HIMRISS results'";
const himriss =
  "Maksymowych et al., J Rheumatol 41:370 (2014); Jaremko et al., J Rheumatol 2019, doi 10.3899/jrheum.181043";
const asas = "Maksymowych et al., Ann Rheum Dis 78:1550 (2019): lesions are subchondral";
const anatomy = "Bone mask in patient coordinates (geometry in docs/explanation/quantification.md)";

export const measures = {
  // region-measures.ts
  "lesion-count": row(
    "Lesions",
    "1",
    "Connected components (26 neighbours) of the label; a component belongs to the joint or bone that holds most of its voxels.",
    geometry,
    0,
  ),
  volume: row(
    "Volume",
    "mm³",
    "Voxels of the label times the volume of a voxel (determinant of the affine).",
    geometry,
    1,
  ),
  "volume-ml": row("Volume", "ml", "The same volume in millilitres.", geometry, 3),
  voxels: row("Voxels", "1", "Voxels of the label.", geometry, 0),
  "largest-diameter": row(
    "Largest diameter",
    "mm",
    "Largest distance between two points of one lesion in one slice, pixels taken whole (convex hull of their corners), in patient space.",
    geometry,
    1,
  ),
  "largest-area": row(
    "Largest area",
    "mm²",
    "Largest area of one lesion in one slice: pixels times pixel area.",
    geometry,
    1,
  ),
  "slices-touched": row("Slices touched", "1", "Slices that hold a voxel of the label.", geometry, 0),
  "centroid-left": row(
    "Centroid, left",
    "mm",
    "Mean position of the voxel centres along LPS+ x (grows to the patient's left).",
    geometry,
    1,
  ),
  "centroid-posterior": row(
    "Centroid, posterior",
    "mm",
    "The same along LPS+ y (grows to the back).",
    geometry,
    1,
  ),
  "centroid-superior": row(
    "Centroid, superior",
    "mm",
    "The same along LPS+ z (grows to the head).",
    geometry,
    1,
  ),
  "mean-intensity": row(
    "Mean intensity",
    image,
    "Arithmetic mean of the image under the label, finite voxels.",
    "Paper 1, discussion: location, size and intensity of lesions",
    1,
  ),
  "sd-intensity": row(
    "SD of intensity",
    image,
    "Sample standard deviation (n − 1) of the image under the label; not defined for one voxel.",
    "Paper 1, discussion",
    1,
  ),
  "p10-intensity": row(
    "10th percentile",
    image,
    "10th percentile (linear interpolation) of the image under the label.",
    "Hyndman & Fan (1996), type 7",
    1,
  ),
  "median-intensity": row(
    "Median intensity",
    image,
    "50th percentile of the image under the label.",
    "Hyndman & Fan (1996), type 7",
    1,
  ),
  "p90-intensity": row(
    "90th percentile",
    image,
    "90th percentile of the image under the label.",
    "Hyndman & Fan (1996), type 7",
    1,
  ),
  "relative-intensity": row(
    "Relative intensity",
    "1",
    "Mean intensity over the mean of the reference region (normal marrow or muscle mask) or, without one, over the median of the scan's own tissue.",
    "Hepburn et al., PLoS ONE 18:e0284508 (2023) compares lesions with normal marrow",
    3,
  ),
  "standard-intensity": row(
    "Standardised intensity",
    "SD",
    "(Mean intensity − mean of the reference) / SD of the reference; without a reference mask (mean − median) / (1.4826 · MAD) of the scan's own tissue.",
    "Robust z-score: Rousseeuw & Croux, JASA 88:1273 (1993)",
    2,
  ),
  contrast: row(
    "Contrast to bone",
    "1",
    "(Lesion mean − ring mean) / ring mean; the ring is bone without any lesion, up to 10 mm around.",
    "Weber contrast",
    3,
  ),
  // sij-location.ts
  "bone-volume": row(
    "Volume in bone",
    "mm³",
    "Lesion volume in one bone (sacrum, ilium) of one joint, or in any bone.",
    anatomy,
    1,
  ),
  "outside-volume": row(
    "Volume outside bone",
    "mm³",
    "Lesion volume further than 5 mm from every bone.",
    anatomy,
    1,
  ),
  "quadrant-volume": row(
    "Volume in quadrant",
    "mm³",
    "Lesion volume in upper or lower, iliac or sacral quadrant of one joint; upper and lower are divided at the middle of the joint's height (in each slice where slices are semi-coronal).",
    sss,
    1,
  ),
  "anterior-volume": row(
    "Anterior volume",
    "mm³",
    "Lesion volume in front of the middle of the joint's anterior–posterior extent.",
    anatomy,
    1,
  ),
  "posterior-volume": row("Posterior volume", "mm³", "Lesion volume behind it.", anatomy, 1),
  "subchondral-volume": row(
    "Subchondral volume",
    "mm³",
    "Lesion volume within 5 mm of the joint surface of its bone.",
    asas,
    1,
  ),
  "subchondral-share": row(
    "Share of subchondral bone",
    "1",
    "Subchondral lesion volume over the volume of all bone within 5 mm of the joint surface.",
    asas,
    3,
  ),
  "within-bone-share": row(
    "Share within bone",
    "1",
    "Lesion volume within the bone mask over all lesion volume.",
    anatomy,
    3,
  ),
  side: row(
    "Side",
    "",
    "The patient's left or right, by the midplane of the bones (most voxels).",
    anatomy,
    0,
  ),
  bone: row("Bone", "", "Bone that holds most voxels of the lesion.", anatomy, 0),
  quadrant: row("Quadrant", "", "Quadrant that holds most voxels of the lesion.", sss, 0),
  "anterior-posterior": row(
    "Anterior or posterior",
    "",
    "Half of the joint that holds most voxels of the lesion.",
    anatomy,
    0,
  ),
  depth: row(
    "Depth",
    "",
    "subchondral: the lesion comes within 5 mm of the joint surface of its bone; deep: it does not.",
    asas,
    0,
  ),
  "nearest-distance": row(
    "Nearest to joint",
    "mm",
    "Smallest distance from the lesion's voxel centres to the joint surface of its bone.",
    anatomy,
    1,
  ),
  "farthest-distance": row("Farthest from joint", "mm", "Largest such distance.", anatomy, 1),
  // sparcc.ts
  "sparcc-fat": row(
    "SPARCC-SSS-like fat score",
    "points",
    "Quadrants with fat in five consecutive slices through the cartilaginous joint, 0–40, from the mask.",
    sss,
    0,
  ),
  "sparcc-inflammation": row(
    "SPARCC-like inflammation score",
    "points",
    "Quadrants + intense + deep in six slices, 0–72, from mask and image.",
    sparcc,
    0,
  ),
  "sparcc-quadrants": row(
    "Quadrant points",
    "points",
    "Quadrants that hold the lesion: 0–8 a slice.",
    sparcc,
    0,
  ),
  "sparcc-intense": row(
    "Intense points",
    "points",
    "One for each joint and slice where the lesion is as bright as the fluid reference (vessel, CSF): 0–12.",
    sparcc,
    0,
  ),
  "sparcc-deep": row(
    "Deep points",
    "points",
    "One for each joint and slice where the lesion reaches without a gap from the subchondral bone to 1 cm or more from the joint surface: 0–12.",
    sparcc,
    0,
  ),
  "scored-slices": row(
    "Slices scored",
    "",
    "Numbers of the slices that were scored, from 1 in the order of the file.",
    sparcc,
    0,
  ),
  // unet-score.ts, hip-location.ts, himriss.ts
  "unet-score": row(
    "UNet-score",
    "1",
    "Over the HIMRISS slices (five central, five anterior, five posterior of each hip): grey-value sum in the lesions / grey-value sum in the femoral head, summed over slices and hips.",
    paper2,
    4,
  ),
  "unet-score-mean": row(
    "UNet-score per slice",
    "1",
    "UNet-score over the number of slices it was summed over; compares hips with different numbers of slices.",
    "Marrow's addition to paper 2",
    4,
  ),
  "unet-slices": row("Slices of the UNet-score", "1", "Slices that were summed over.", paper2, 0),
  "head-oedema": row(
    "Oedema of the femoral head",
    "mm³",
    "Bone marrow oedema in the femoral head (in the femur where the bone mask tells neck and shaft too).",
    paper2,
    1,
  ),
  "acetabulum-oedema": row(
    "Oedema of the acetabulum",
    "mm³",
    "Bone marrow oedema in the pelvis of the bone mask.",
    paper2,
    1,
  ),
  "effusion-volume": row(
    "Effusion and synovitis",
    "mm³",
    "Volume of the effusion label of one hip.",
    paper2,
    1,
  ),
  "himriss-item": row(
    "HIMRISS suggestion",
    "points",
    "Suggested points of one item of the HIMRISS template, counted from the mask; to be confirmed by a reader.",
    himriss,
    0,
  ),
  // change.ts
  "volume-before": row(
    "Volume before",
    "mm³",
    "Volume at the first time point, on its own grid.",
    geometry,
    1,
  ),
  "volume-after": row(
    "Volume after",
    "mm³",
    "Volume at the second time point, on its own grid.",
    geometry,
    1,
  ),
  "volume-change": row("Change of volume", "mm³", "Volume after minus volume before.", geometry, 1),
  "smallest-detectable-change": row(
    "Smallest detectable change",
    "mm³",
    "Given by the caller, or 1.96 · SD of the differences of repeated readings.",
    "Bland & Altman, Lancet 327:307 (1986); Bruynesteyn et al., Ann Rheum Dis 64:179 (2005)",
    1,
  ),
  "lesion-change": row(
    "Fate",
    "",
    "new, resolved, grown, shrunk or stable: beyond or within the smallest detectable change; without one, any change counts.",
    "Marrow; lesions paired by overlap in patient space",
    0,
  ),
} as const satisfies Record<string, MeasureInfo>;

export type MeasureName = keyof typeof measures;

function row(title: string, unit: string, definition: string, source: string, digits: number): MeasureInfo {
  return { title, unit, definition, source, digits };
}
